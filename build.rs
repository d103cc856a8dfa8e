//! What the compiler is not told by itself: what `php --ri apn_ami` says of this build, and how the linker of macOS takes
//! a library whose symbols PHP has.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=APN_AMI_COMMIT={}", commit());
    println!("cargo:rustc-env=APN_AMI_RUSTC={}", rustc());
    println!("cargo:rustc-env=APN_AMI_TARGET={}", env::var("TARGET").unwrap_or_default());
    println!("cargo:rustc-env=APN_AMI_PROFILE={}", env::var("PROFILE").unwrap_or_default());
    if env::var("CARGO_CFG_TARGET_VENDOR").is_ok_and(|vendor| vendor == "apple") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-undefined,dynamic_lookup");
    }
}

/// The commit that this is built from: as a packager says, as the source package says, or as git does.
///
/// In a debug build it is not recorded: each commit would compile the extension anew.
fn commit() -> String {
    println!("cargo:rerun-if-env-changed=APN_AMI_COMMIT");
    println!("cargo:rerun-if-changed=Cargo.toml");
    let given = env::var("APN_AMI_COMMIT").ok().filter(|commit| !commit.is_empty());
    let packed = || {
        let text = std::fs::read_to_string("packaging/commit").ok()?;
        println!("cargo:rerun-if-changed=packaging/commit");
        Some(text.trim().to_owned())
    };
    let of_git = || (env::var("PROFILE").as_deref() == Ok("release")).then(git)?;
    given.or_else(packed).or_else(of_git).unwrap_or_else(|| "not recorded".to_owned())
}

/// The commit of this folder, if it is the top of a clone and not something that lies within another one.
fn git() -> Option<String> {
    let root = env::var("CARGO_MANIFEST_DIR").ok()?;
    let ask = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).current_dir(&root).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    if !ask(&["rev-parse", "--show-prefix"])?.is_empty() {
        return None;
    }
    // Where a branch points is in one of two files beside HEAD, which only names the branch.
    for name in ["HEAD", "logs/HEAD"] {
        println!("cargo:rerun-if-changed={}", ask(&["rev-parse", "--git-path", name])?);
    }
    ask(&["describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"])
}

/// `rustc 1.95.0 (59807616e 2026-04-14)` as `1.95.0`.
fn rustc() -> String {
    let compiler = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(compiler).arg("--version").output().ok();
    let text = output.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    text.split(' ').nth(1).unwrap_or("unknown").trim().to_owned()
}
