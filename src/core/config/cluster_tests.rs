#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
use super::*;

fn map(pairs: &[(&str, Value)]) -> Value {
    Value::Map(pairs.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.clone())).collect())
}

fn server(changes: &[(&str, Value)]) -> Value {
    let mut pairs = vec![
        ("host", Value::text("192.0.2.1")),
        ("username", Value::text("dialer")),
        ("secret", Value::text("hunter2")),
    ];
    pairs.extend(changes.iter().cloned());
    map(&pairs)
}

fn two() -> Value {
    map(&[("pbx1", server(&[])), ("pbx2", server(&[]))])
}

fn refused(pairs: &[(&str, Value)]) -> String {
    Config::from_value(map(pairs)).unwrap_err().to_string()
}

#[test]
fn the_first_server_is_the_default_until_one_is_chosen() {
    let chosen = |pairs: &[(&str, Value)]| {
        let config = Config::from_value(map(pairs)).unwrap();
        config.servers.default_key().unwrap().to_string()
    };
    assert_eq!(chosen(&[("servers", two())]), "pbx1");
    assert_eq!(chosen(&[("servers", two()), ("default", Value::Null)]), "pbx1");
    assert_eq!(chosen(&[("servers", two()), ("default", Value::text("pbx2"))]), "pbx2");
    let numbered = map(&[("5", server(&[])), ("7", server(&[]))]);
    assert_eq!(chosen(&[("servers", numbered), ("default", Value::Int(7))]), "7");
}

#[test]
fn servers_keep_the_order_given() {
    let config = Config::from_value(map(&[("servers", map(&[("z", server(&[])), ("a", server(&[]))]))])).unwrap();
    let keys: Vec<&str> = config.servers.iter().map(|server| server.key.as_str()).collect();
    assert_eq!(keys, ["z", "a"]);
}

#[test]
fn a_default_that_is_no_server_is_refused_with_the_nearest_one() {
    assert_eq!(
        refused(&[("servers", two()), ("default", Value::text("pbx3"))]),
        "default: \"pbx3\" is the key of no server; did you mean \"pbx1\"?"
    );
    assert_eq!(
        refused(&[("servers", two()), ("default", Value::Bool(true))]),
        "default: true must be the key of a server, bool given"
    );
}

#[test]
fn a_key_that_is_taken_is_refused() {
    assert_eq!(
        refused(&[("servers", map(&[("pbx1", server(&[])), ("pbx1", server(&[]))]))]),
        "servers: \"pbx1\" is the key of another server already"
    );
}

#[test]
fn without_a_server_there_is_nothing_to_do() {
    assert_eq!(refused(&[]), "servers is required");
    assert_eq!(refused(&[("servers", Value::List(vec![]))]), "servers: an array of 0 must hold at least one server");
}

#[test]
fn servers_in_a_list_are_refused_because_they_have_no_keys() {
    assert_eq!(
        refused(&[("servers", Value::List(vec![server(&[])]))]),
        "servers: an array of 1 must have each server under its key, such as 'pbx1' => [...]; a list was given"
    );
}

#[test]
fn an_error_names_the_whole_path() {
    let one = |changes: &[(&str, Value)]| map(&[("pbx1", server(changes))]);
    assert_eq!(
        refused(&[("servers", one(&[("port", Value::Int(70_000))]))]),
        "servers.pbx1.port: 70000 is out of range (1 to 65535)"
    );
    let overrides = map(&[("backoff_min_ms", Value::Int(1))]);
    assert_eq!(
        refused(&[("servers", one(&[("options", overrides)]))]),
        "servers.pbx1.options.backoff_min_ms: 1 is out of range (100 to 3600000)"
    );
    assert_eq!(
        refused(&[("servers", two()), ("options", map(&[("backoff_min_ms", Value::Int(1))]))]),
        "options.backoff_min_ms: 1 is out of range (100 to 3600000)"
    );
    assert_eq!(
        refused(&[("servers", map(&[("a b", server(&[]))]))]),
        "servers: \"a b\" is no server key; only printable ASCII without spaces and colons can be one"
    );
    assert_eq!(refused(&[("servers", map(&[("pbx1", map(&[]))]))]), "servers.pbx1.host is required");
}

#[test]
fn a_server_is_checked_against_the_options_of_the_cluster() {
    let named = || {
        map(&[(
            "pbx1",
            map(&[
                ("host", Value::text("pbx.example.org")),
                ("username", Value::text("u")),
                ("secret", Value::text("s")),
            ]),
        )])
    };
    assert_eq!(
        refused(&[("servers", named())]),
        "servers.pbx1.host: \"pbx.example.org\" is a name, and enforce_ip_endpoints allows only IP addresses"
    );
    let off = map(&[("enforce_ip_endpoints", Value::Bool(false))]);
    assert!(Config::from_value(map(&[("servers", named()), ("options", off)])).is_ok());
    let frame = map(&[("max_frame_size", Value::Int(4_194_304))]);
    let one = map(&[("pbx1", server(&[("options", frame)]))]);
    assert!(refused(&[("servers", one)]).starts_with("servers.pbx1.options.max_frame_size: 4194304 "));
}

#[test]
fn an_unknown_part_is_refused_with_the_nearest_known_one() {
    assert_eq!(refused(&[("server", two())]), "option \"server\" is unknown; did you mean \"servers\"?");
}

#[test]
fn what_is_no_array_is_refused_without_showing_a_secret() {
    assert!(Config::from_value(Value::Int(1)).is_err());
    assert!(refused(&[("servers", Value::Int(1))]).starts_with("servers: 1 must be an array of servers by key"));
    let url = map(&[("pbx1", Value::text("ami://admin:hunter2@192.0.2.1"))]);
    assert_eq!(
        refused(&[("servers", url)]),
        "servers.pbx1: \"***\" must be an array of settings by name, string given"
    );
}

#[test]
fn looking_for_an_unknown_server_names_the_nearest_one() {
    let set = ServerSet::from_value(two()).unwrap();
    assert_eq!(set.require(b"pbx2").unwrap().key.as_str(), "pbx2");
    assert_eq!(
        set.require(b"pbx22").unwrap_err().to_string(),
        "key: \"pbx22\" is the key of no server; did you mean \"pbx2\"?"
    );
}
