#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
use super::*;

const PIN: &str = "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff";

fn read(value: Value) -> Result<Option<TlsConfig>, String> {
    TlsConfig::parse(value, Source::Array).map_err(|error| error.to_string())
}

fn settings(pairs: &[(&str, &str)]) -> Value {
    Value::Map(pairs.iter().map(|(name, value)| (name.as_bytes().to_vec(), Value::text(value))).collect())
}

fn of(pairs: &[(&str, &str)]) -> TlsConfig {
    read(settings(pairs)).unwrap().unwrap()
}

fn refused(pairs: &[(&str, &str)]) -> String {
    read(settings(pairs)).unwrap_err()
}

#[test]
fn false_and_null_are_no_tls_and_true_asks_the_roots_of_the_system() {
    for off in [Value::Null, Value::Bool(false), Value::text("false"), Value::Int(0)] {
        assert_eq!(read(off), Ok(None));
    }
    let on = TlsConfig { verify: Verify::System, server_name: None, client: None };
    for given in [Value::Bool(true), Value::text("1"), Value::List(vec![]), settings(&[("verify", "System")])] {
        assert_eq!(read(given), Ok(Some(on.clone())));
    }
    assert_eq!(
        read(Value::text("pin")).unwrap_err(),
        "tls: \"pin\" must be true, false or an array of settings by name, string given"
    );
    assert!(TlsConfig::parse(Value::Int(1), Source::Arguments).is_err(), "arguments are typed");
}

#[test]
fn what_is_given_decides_how_to_verify_where_verify_is_left_out() {
    assert_eq!(of(&[("ca_file", "/etc/ca.pem")]).verify, Verify::Ca("/etc/ca.pem".into()));
    assert_eq!(of(&[("fingerprint", PIN)]).verify.name(), "pin");
    assert_eq!(of(&[("server_name", "pbx.example.org")]).verify, Verify::System);
}

#[test]
fn a_way_to_verify_needs_what_it_verifies_with() {
    assert_eq!(refused(&[("verify", "ca")]), "tls.ca_file is required");
    assert_eq!(refused(&[("verify", "pin")]), "tls.fingerprint is required");
    assert!(refused(&[("verify", "pine")]).ends_with("(system, ca, pin or none); did you mean \"pin\"?"));
}

#[test]
fn what_does_not_fit_the_way_to_verify_is_refused() {
    let stray = "is of no use where verify is \"system\"; leave it out, or set verify to \"ca\"";
    assert_eq!(refused(&[("verify", "system"), ("ca_file", "/ca")]), format!("tls.ca_file: \"/ca\" {stray}"));
    for (way, extra, value) in [
        ("pin", "ca_file", "/ca"),
        ("none", "ca_file", "/ca"),
        ("system", "fingerprint", PIN),
        ("ca", "fingerprint", PIN),
        ("none", "fingerprint", PIN),
    ] {
        let needed = if way == "pin" { ("fingerprint", PIN) } else { ("server_name", "a") };
        let error = refused(&[("verify", way), (extra, value), needed]);
        assert!(error.starts_with(&format!("tls.{extra}: ")) && error.contains("is of no use"), "{error}");
    }
    assert!(refused(&[("ca_file", "/ca"), ("fingerprint", PIN)]).starts_with("tls.ca_file: "));
    assert!(refused(&[("verify", "ca"), ("ca_file", "/ca"), ("fingerprint", PIN)]).starts_with("tls.fingerprint: "));
}

#[test]
fn a_fingerprint_is_read_in_every_form_that_tools_print() {
    let colons = "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";
    let openssl = format!("sha256 Fingerprint={colons}");
    let prefixed = format!("SHA256:{PIN}");
    for form in [PIN, colons, &openssl, &prefixed, &PIN.to_lowercase()] {
        let Verify::Pin(pins) = of(&[("fingerprint", form)]).verify else { panic!("{form}") };
        assert_eq!(pins[0].to_string(), colons);
    }
}

#[test]
fn what_is_no_sha256_fingerprint_is_refused_and_said_why() {
    let sha1 = "0011223344556677889900112233445566778899";
    assert!(refused(&[("fingerprint", sha1)]).contains("is a SHA-1 fingerprint"));
    assert!(refused(&[("fingerprint", "abcd")]).contains("has 4 hexadecimal digits instead of 64"));
    for bad in ["xyz", "", &PIN.replace('0', "g"), &format!("sha1:{PIN}")] {
        assert!(refused(&[("fingerprint", bad)]).contains("is no fingerprint"), "{bad}");
    }
}

#[test]
fn several_fingerprints_hold_while_a_certificate_is_replaced() {
    let pins = |count: usize| Value::Map(vec![(b"fingerprint".to_vec(), Value::List(vec![Value::text(PIN); count]))]);
    let Verify::Pin(two) = read(pins(2)).unwrap().unwrap().verify else { panic!() };
    assert_eq!(two.len(), 2);
    assert!(read(pins(MAX_PINS)).is_ok());
    for count in [0, MAX_PINS + 1] {
        assert!(read(pins(count)).unwrap_err().contains("must have 1 to 16 fingerprints"));
    }
    let bad = Value::Map(vec![(b"fingerprint".to_vec(), Value::List(vec![Value::text(PIN), Value::Int(1)]))]);
    assert!(read(bad).unwrap_err().starts_with("tls.fingerprint.1: "));
}

#[test]
fn a_client_certificate_and_its_key_come_together() {
    let both = of(&[("client_cert", "/c.pem"), ("client_key", "/k.pem")]);
    assert_eq!(both.client, Some(ClientCertificate { cert: "/c.pem".into(), key: "/k.pem".into() }));
    assert_eq!(
        refused(&[("client_cert", "/c.pem")]),
        "tls.client_cert: \"/c.pem\" needs its private key, as client_key"
    );
    assert_eq!(
        refused(&[("client_key", "/k.pem")]),
        "tls.client_key: \"/k.pem\" needs its certificate, as client_cert"
    );
}

#[test]
fn a_path_is_no_content_and_a_key_given_as_one_is_not_shown() {
    let error = refused(&[("client_key", "-----BEGIN PRIVATE KEY-----\nhunter2")]);
    assert_eq!(error, "tls.client_key: \"***\" must be the path of a PEM file, not its content");
    for bad in ["", "a\0b", &"x".repeat(MAX_PATH + 1)] {
        assert!(refused(&[("ca_file", bad)]).starts_with("tls.ca_file: "));
    }
}

#[test]
fn an_unknown_setting_is_refused_with_the_name_that_was_meant() {
    for (given, meant) in
        [("finger_print", "fingerprint"), ("cafile", "ca_file"), ("peer_name", "server_name"), ("verfy", "verify")]
    {
        let expected = format!("option \"tls.{given}\" is unknown; did you mean \"{meant}\"?");
        assert_eq!(refused(&[(given, "x")]), expected);
    }
    let error = TlsConfig::parse(settings(&[("passphrase", "hunter2")]), Source::Array).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn a_setting_that_is_null_is_not_given() {
    let nulls = TLS_SETTINGS.iter().map(|name| (name.as_bytes().to_vec(), Value::Null)).collect();
    assert_eq!(read(Value::Map(nulls)).unwrap().unwrap().verify, Verify::System);
}

#[test]
fn what_is_shown_reads_back_as_the_same() {
    for config in [
        of(&[]),
        of(&[("ca_file", "/ca"), ("server_name", "PBX.example.org"), ("client_cert", "/c"), ("client_key", "/k")]),
        of(&[("fingerprint", PIN), ("server_name", "192.0.2.1")]),
        of(&[("verify", "none")]),
    ] {
        assert_eq!(read(config.to_value()), Ok(Some(config)));
    }
}
