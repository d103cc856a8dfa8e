//! libFuzzer's way into [`ami_core_fuzz::command`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_core_fuzz::command(data));
