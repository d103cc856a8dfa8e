//! libFuzzer's way into [`ami_core_fuzz::session`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_core_fuzz::session(data));
