#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
use core::time::Duration;

use super::*;

fn read_with(changes: &[(&str, Value)]) -> Result<ServerConfig, ConfigError> {
    let mut pairs = vec![
        ("host", Value::text("192.0.2.1")),
        ("username", Value::text("dialer")),
        ("secret", Value::text("hunter2")),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name, value.clone()));
    }
    ServerConfig::from_pairs(ServerKey::parse(b"pbx1")?, pairs, Source::Array)
}

fn refused(name: &str, value: Value) -> String {
    read_with(&[(name, value)]).unwrap_err().to_string()
}

fn options(pairs: &[(&str, Value)]) -> Value {
    Value::Map(pairs.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.clone())).collect())
}

#[test]
fn host_username_and_secret_are_enough() {
    let server = read_with(&[]).unwrap();
    assert_eq!(server.port, 5038);
    assert_eq!(server.auth, AuthMethod::Auto);
    assert_eq!(server.events, EventMask::On);
    assert!(server.overrides.is_empty());
}

#[test]
fn what_has_no_default_is_required_and_null_is_not_given() {
    for name in ["host", "username", "secret"] {
        assert_eq!(refused(name, Value::Null), format!("{name} is required"));
    }
    assert_eq!(read_with(&[("port", Value::Null), ("auth", Value::Null)]), read_with(&[]));
}

#[test]
fn a_port_out_of_range_is_refused_with_the_range() {
    for port in [0, -1, 65_536, 70_000] {
        assert_eq!(refused("port", Value::Int(port)), format!("port: {port} is out of range (1 to 65535)"));
    }
    assert_eq!(read_with(&[("port", Value::text("5039"))]).unwrap().port, 5039);
    assert_eq!(refused("port", Value::text("abc")), "port: \"abc\" must be a whole number, string given");
    assert_eq!(refused("port", Value::Float(5038.0)), "port: 5038.0 must be a whole number, float given");
}

#[test]
fn with_tls_the_port_is_another_one_unless_it_is_given() {
    let tls = ("tls", Value::Bool(true));
    assert_eq!(read_with(core::slice::from_ref(&tls)).unwrap().port, 5039);
    assert_eq!(read_with(&[tls.clone(), ("port", Value::Null)]).unwrap().port, 5039);
    assert_eq!(read_with(&[("port", Value::Int(5038)), tls]).unwrap().port, 5038);
    assert_eq!(read_with(&[("tls", Value::Bool(false))]), read_with(&[]));
}

#[test]
fn an_empty_username_or_secret_is_refused() {
    assert_eq!(refused("username", Value::text("")), "username: \"\" is empty");
    assert_eq!(refused("secret", Value::text("")), "secret: \"***\" is empty");
}

#[test]
fn a_byte_that_ends_a_header_is_refused_in_username_and_secret() {
    assert_eq!(
        refused("username", Value::text("a\r\nAction: Logoff")),
        r#"username: "a\r\nAction: Logoff" contains a carriage return, which would end the header that carries it"#
    );
    for (name, bad) in [("username", "a\n"), ("username", "a\0"), ("secret", "a\r"), ("secret", "\n"), ("secret", "\0")]
    {
        assert!(read_with(&[(name, Value::text(bad))]).is_err());
    }
}

#[test]
fn a_username_or_secret_whose_header_line_asterisk_would_not_read_is_refused() {
    let fits = |name: &str| 1_024 - format!("{name}: \r\n").len();
    for name in ["username", "secret"] {
        assert!(read_with(&[(name, Value::text("x".repeat(fits(name))))]).is_ok());
        assert!(refused(name, Value::text("x".repeat(fits(name) + 1))).contains("the limit is "));
    }
}

#[test]
fn bytes_that_are_no_utf8_are_kept_in_username_and_secret() {
    let server = read_with(&[("username", Value::text(b"J\xfcrgen")), ("secret", Value::text(b"\xff"))]).unwrap();
    assert_eq!((server.username.as_slice(), server.secret.expose()), (b"J\xfcrgen".as_slice(), b"\xff".as_slice()));
}

#[test]
fn a_secret_is_in_no_error_and_in_no_debug_output() {
    let secrets = [
        Value::text("hunter2\r"),
        Value::Int(12_345),
        Value::List(vec![Value::text("hunter2")]),
        Value::text("hunter2".repeat(500)),
    ];
    for secret in secrets {
        let error = read_with(&[("secret", secret)]).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("12345"), "{shown}");
    }
    for name in ["password", "secrt", "Secret", "anything"] {
        let error = read_with(&[(name, Value::text("hunter2"))]).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    assert!(!format!("{:?}", read_with(&[]).unwrap()).contains("hunter2"));
}

#[test]
fn an_unknown_setting_is_refused_with_the_name_that_was_meant() {
    for (given, meant) in [
        ("hots", "host"),
        ("Port", "port"),
        ("password", "secret"),
        ("user", "username"),
        ("secrt", "secret"),
        ("read_timeout", "options.read_timeout"),
        ("ca_file", "tls.ca_file"),
        ("ssl", "tls"),
    ] {
        let expected = format!("option \"{given}\" is unknown; did you mean \"{meant}\"?");
        assert_eq!(refused(given, Value::Int(1)), expected);
    }
    assert_eq!(refused("proxy", Value::Bool(true)), "option \"proxy\" is unknown");
}

#[test]
fn a_login_method_is_one_of_three() {
    assert_eq!(read_with(&[("auth", Value::text("MD5"))]).unwrap().auth, AuthMethod::Md5);
    assert_eq!(read_with(&[("auth", Value::text("plain"))]).unwrap().auth, AuthMethod::Plain);
    assert_eq!(
        refused("auth", Value::text("md4")),
        "auth: \"md4\" is no way to log in (auto, md5 or plain); did you mean \"md5\"?"
    );
}

#[test]
fn events_are_on_off_or_known_classes() {
    let events = |value: Value| read_with(&[("events", value)]).unwrap().events;
    assert_eq!(events(Value::text("ON")), EventMask::On);
    assert_eq!(events(Value::Bool(false)), EventMask::Off);
    let classes = EventMask::Classes(vec!["call", "agent"]);
    assert_eq!(events(Value::text("call, agent,call")), classes);
    assert_eq!(events(Value::List(vec![Value::text("Call"), Value::text("agent")])), classes);
    assert_eq!(classes.to_string(), "call,agent");
}

#[test]
fn an_event_class_that_asterisk_would_ignore_is_refused() {
    assert!(refused("events", Value::text("calls")).ends_with("did you mean \"call\"?"));
    assert!(refused("events", Value::text("all")).ends_with("did you mean \"on\"?"));
    assert!(refused("events", Value::List(vec![])).ends_with("did you mean \"off\"?"));
    for bad in [Value::text(""), Value::text("call,"), Value::Int(1), Value::List(vec![Value::Int(1)])] {
        assert!(read_with(&[("events", bad)]).is_err());
    }
}

#[test]
fn a_server_may_override_an_option() {
    let server = read_with(&[("options", options(&[("read_timeout", Value::Int(9))]))]).unwrap();
    let merged = server.options(&ClientOptions::default()).unwrap();
    assert_eq!(merged, ClientOptions { read_timeout: Duration::from_secs(9), ..ClientOptions::default() });
}

#[test]
fn an_option_of_the_whole_process_cannot_be_overridden() {
    for (name, value) in [
        ("lazy", Value::Bool(true)),
        ("enforce_ip_endpoints", Value::Bool(false)),
        ("max_connecting", Value::Int(1)),
        ("max_connect_attempts_per_tick", Value::Int(1)),
    ] {
        let error = refused("options", options(&[(name, value)]));
        assert!(error.starts_with(&format!("options.{name}: ")), "{error}");
        assert!(error.ends_with("cannot be set for one server; it holds for all servers of the process"), "{error}");
    }
}

#[test]
fn errors_of_overrides_are_named_by_their_path() {
    assert_eq!(
        refused("options", options(&[("conect_timeout", Value::Int(1))])),
        "option \"options.conect_timeout\" is unknown; did you mean \"connect_timeout\"?"
    );
    assert_eq!(refused("options", Value::Int(1)), "options: 1 must be an array of options by name, int given");
}

#[test]
fn an_override_that_contradicts_the_cluster_is_refused() {
    let server = read_with(&[("options", options(&[("max_frame_size", Value::Int(4_194_304))]))]).unwrap();
    let error = server.options(&ClientOptions::default()).unwrap_err();
    assert_eq!(error.key, "options.max_frame_size");
}

#[test]
fn a_host_name_needs_enforce_ip_endpoints_off() {
    let server = read_with(&[("host", Value::text("localhost"))]).unwrap();
    assert_eq!(
        server.options(&ClientOptions::default()).unwrap_err().to_string(),
        "host: \"localhost\" is a name, and enforce_ip_endpoints allows only IP addresses; did you mean \"127.0.0.1\"?"
    );
    let names = ClientOptions { enforce_ip_endpoints: false, ..ClientOptions::default() };
    assert!(server.options(&names).is_ok());
}

#[test]
fn a_server_key_is_short_printable_and_without_colons() {
    let longest = "x".repeat(64);
    for good in ["pbx1", "1", "berlin.pbx-2_a", "10.0.0.1", &longest] {
        assert_eq!(ServerKey::parse(good.as_bytes()).unwrap().as_str(), good);
    }
    let too_long = "x".repeat(65);
    for bad in ["", " ", "a b", "a:b", "a\r\n", "a\0", "münchen", &too_long] {
        let error = ServerKey::parse(bad.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("is no server key; "), "{error}");
    }
    assert!(ServerKey::parse(&[0xff]).is_err());
}
