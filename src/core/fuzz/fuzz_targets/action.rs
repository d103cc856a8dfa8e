//! libFuzzer's way into [`ami_core_fuzz::action`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_core_fuzz::action(data));
