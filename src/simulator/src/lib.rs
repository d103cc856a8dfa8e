//! Simulated Asterisk nodes.
