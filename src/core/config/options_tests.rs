#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::config::camel_case;

fn read(name: &str, value: Value) -> Result<ClientOptions, ConfigError> {
    ClientOptions::from_pairs([(name, value)])
}

fn refused(name: &str, value: Value) -> String {
    read(name, value).unwrap_err().to_string()
}

fn typed(name: &str, value: Value) -> Result<OptionOverrides, ConfigError> {
    OptionOverrides::from_pairs([(name, value)], Source::Arguments)
}

#[test]
fn without_options_the_documented_defaults_hold() {
    let options = ClientOptions::from_pairs(Vec::<(&str, Value)>::new()).unwrap();
    let shown: Vec<String> = options.values().map(|(spec, value)| format!("{} {value}", spec.name)).collect();
    assert_eq!(
        shown,
        [
            "connect_timeout 10.0",
            "auth_timeout 10.0",
            "read_timeout 30.0",
            "heartbeat_interval 15.0",
            "heartbeat_misses 2",
            "action_timeout 30.0",
            "backoff_min_ms 100",
            "backoff_max_ms 30000",
            "max_reconnect_attempts 0",
            "max_connect_attempts_per_tick 5",
            "max_connecting 40",
            "circuit_failure_threshold 5",
            "circuit_cooldown 30.0",
            "circuit_half_open_max_probes 1",
            "write_buffer_limit 5242880",
            "max_pending_actions 5000",
            "event_queue_capacity 10000",
            "max_frame_size 1048576",
            "parser_buffer_limit 2097152",
            "command_output_limit 1048576",
            "max_action_id_length 64",
            "max_bytes_read_per_tick 1048576",
            "max_frames_per_tick 1000",
            "max_events_per_tick 1000",
            "event_drop_log_interval_ms 1000",
            "memory_limit 0",
            "allowed_events an array of 0",
            "blocked_events an array of 0",
            "event_priorities an array of 0",
            "push_filters false",
            "reconcile false",
            "redaction_keys an array of 0",
            "redaction_key_patterns an array of 0",
            "redaction_value_patterns an array of 0",
            "log_actions false",
            "log_frames false",
            "enforce_ip_endpoints true",
            "lazy true",
            "io \"inline\"",
        ]
    );
}

#[test]
fn what_the_defaults_say_can_be_given_back_unchanged() {
    let defaults = ClientOptions::default();
    let pairs: Vec<(&str, Value)> = defaults.values().map(|(spec, value)| (spec.name, value)).collect();
    assert_eq!(ClientOptions::from_pairs(pairs), Ok(defaults));
}

#[test]
fn every_option_takes_both_ends_of_its_range_and_nothing_beyond() {
    for spec in OPTIONS {
        let (allowed, refused) = match spec.kind {
            Kind::Seconds { min, max, .. } => (
                vec![Value::Float(min), Value::Float(max)],
                vec![Value::Float(min - 0.001), Value::Float(max + 0.001), Value::Float(-1.0), Value::Int(0)],
            ),
            Kind::Millis { min, max, .. } | Kind::Count { min, max, .. } | Kind::Bytes { min, max, .. } => {
                let (min, max) = (i64::try_from(min).unwrap(), i64::try_from(max).unwrap());
                (
                    vec![Value::Int(min), Value::Int(max)],
                    vec![Value::Int(min - 1), Value::Int(max + 1), Value::Int(i64::MIN), Value::Int(i64::MAX)],
                )
            }
            Kind::Flag { .. } => (
                vec![Value::Bool(true), Value::Bool(false)],
                vec![Value::Int(2), Value::Float(1.0), Value::text("yes")],
            ),
            Kind::Choice { choices } => (
                choices.iter().map(Value::text).collect(),
                vec![Value::text("neither"), Value::text(""), Value::Int(0), Value::Bool(true)],
            ),
            Kind::Names | Kind::Keys | Kind::Patterns => {
                (vec![Value::List(vec![])], vec![Value::text("Newchannel"), Value::Int(0)])
            }
        };
        for value in allowed {
            let result = OptionOverrides::from_pairs([(spec.name, value)], Source::Arguments);
            assert!(result.is_ok(), "{result:?}");
        }
        for value in refused {
            let error = OptionOverrides::from_pairs([(spec.name, value.clone())], Source::Array).unwrap_err();
            assert_eq!((error.key.as_str(), &error.value), (spec.name, &value));
        }
    }
}

#[test]
fn every_option_says_what_it_does_and_numbers_say_why_their_range_ends() {
    for spec in OPTIONS {
        assert!(spec.effect.ends_with('.'), "{}", spec.name);
        let open = matches!(spec.kind, Kind::Flag { .. } | Kind::Choice { .. });
        assert!(open || spec.bounds.ends_with('.'), "{}", spec.name);
    }
}

#[test]
fn every_number_of_the_table_fits_its_field() {
    for spec in OPTIONS {
        let (Kind::Count { max, .. } | Kind::Bytes { max, .. } | Kind::Millis { max, .. }) = spec.kind else {
            continue;
        };
        let max = Value::Int(i64::try_from(max).unwrap());
        let overrides = typed(spec.name, max.clone()).unwrap();
        let mut options = ClientOptions::default();
        options.put(spec.name, &overrides.given[0].1);
        assert!(options.values().any(|(other, value)| other.name == spec.name && value == max), "{}", spec.name);
    }
}

#[test]
fn an_unknown_option_is_refused_by_name_with_the_nearest_known_one() {
    assert_eq!(
        refused("conect_timeout", Value::Int(5)),
        "option \"conect_timeout\" is unknown; did you mean \"connect_timeout\"?"
    );
    assert_eq!(
        refused("connectTimeout", Value::Int(5)),
        "option \"connectTimeout\" is unknown; did you mean \"connect_timeout\"?"
    );
    assert_eq!(refused("colour", Value::Null), "option \"colour\" is unknown");
}

#[test]
fn a_number_out_of_range_is_refused_with_the_range() {
    assert_eq!(refused("max_action_id_length", Value::Int(16)), "max_action_id_length: 16 is out of range (32 to 256)");
    assert_eq!(
        refused("connect_timeout", Value::Float(0.0)),
        "connect_timeout: 0.0 is out of range (0.05 to 300 seconds)"
    );
    assert_eq!(
        refused("connect_timeout", Value::Int(10_000)),
        "connect_timeout: 10000 is out of range (0.05 to 300 seconds)"
    );
}

#[test]
fn sockets_are_read_by_the_ticks_or_in_the_background_and_by_nobody_else() {
    assert_eq!(ClientOptions::default().io, Io::Inline);
    assert_eq!(read("io", Value::text("background")).unwrap().io, Io::Background);
    assert_eq!(read("io", Value::text("Inline")).unwrap().io, Io::Inline);
    assert_eq!(refused("io", Value::text("threads")), "io: \"threads\" is not one of: inline, background");
    assert_eq!(refused("io", Value::Int(1)), "io: 1 must be a string, int given");
}

#[test]
fn a_number_that_is_none_is_refused() {
    for (value, shown) in [(f64::NAN, "NAN"), (f64::INFINITY, "INF"), (f64::NEG_INFINITY, "-INF")] {
        assert_eq!(
            refused("read_timeout", Value::Float(value)),
            format!("read_timeout: {shown} is out of range (0.05 to 86400 seconds)")
        );
        assert!(read("max_connecting", Value::Float(value)).is_err());
    }
    assert!(read("read_timeout", Value::text("nan")).is_err());
    assert!(read("read_timeout", Value::text("inf")).is_err());
    assert!(read("read_timeout", Value::text("1e999")).is_err());
}

#[test]
fn a_whole_number_serves_as_seconds() {
    assert_eq!(read("read_timeout", Value::Int(7)).unwrap().read_timeout, Duration::from_secs(7));
}

#[test]
fn a_float_does_not_serve_as_a_whole_number_even_without_a_fraction() {
    assert_eq!(
        refused("heartbeat_misses", Value::Float(2.0)),
        "heartbeat_misses: 2.0 must be a whole number, float given"
    );
}

#[test]
fn in_an_array_a_numeric_string_is_a_number_as_environment_variables_are() {
    assert_eq!(read("read_timeout", Value::text("0.25")).unwrap().read_timeout, Duration::from_millis(250));
    assert_eq!(read("max_pending_actions", Value::text("12")).unwrap().max_pending_actions, 12);
    for text in ["", " 12", "12 ", "12.0", "0x10", "1_000", "twelve", "99999999999999999999"] {
        let error = refused("max_pending_actions", Value::text(text));
        assert!(error.ends_with("must be a whole number, string given"), "{error}");
    }
}

#[test]
fn in_an_array_the_words_of_an_environment_variable_are_booleans() {
    for (value, expected) in [("true", true), ("TRUE", true), ("1", true), ("false", false), ("0", false)] {
        assert_eq!(read("lazy", Value::text(value)).unwrap().lazy, expected);
    }
    assert!(!read("lazy", Value::Int(0)).unwrap().lazy);
    assert_eq!(refused("lazy", Value::text("")), "lazy: \"\" must be true or false, string given");
}

#[test]
fn in_typed_arguments_a_string_is_no_number_and_a_number_no_boolean() {
    for (name, value) in [
        ("read_timeout", Value::text("0.25")),
        ("max_pending_actions", Value::text("12")),
        ("lazy", Value::text("true")),
        ("lazy", Value::Int(1)),
    ] {
        assert!(typed(name, value).is_err(), "{name}");
    }
}

#[test]
fn every_other_type_is_refused_by_its_name() {
    for (value, type_name) in [
        (Value::Bool(true), "bool"),
        (Value::List(vec![]), "array"),
        (Value::Other("Closure".into()), "Closure"),
        (Value::text("x"), "string"),
    ] {
        let error = refused("max_connecting", value);
        assert!(error.ends_with(&format!("must be a whole number, {type_name} given")), "{error}");
    }
}

#[test]
fn an_element_without_a_name_is_unknown_by_its_place() {
    let pairs = Value::List(vec![Value::Int(5)]).into_named("options").unwrap();
    assert_eq!(ClientOptions::from_pairs(pairs).unwrap_err().to_string(), "option \"0\" is unknown");
}

#[test]
fn null_is_the_same_as_not_given() {
    let overrides = OptionOverrides::from_pairs([("lazy", Value::Null)], Source::Array).unwrap();
    assert!(overrides.is_empty());
}

#[test]
fn of_an_option_given_twice_the_later_one_holds() {
    let pairs = [("max_connecting", Value::Int(1)), ("max_connecting", Value::Int(2))];
    let overrides = OptionOverrides::from_pairs(pairs, Source::Array).unwrap();
    assert_eq!(overrides.values().count(), 1);
    assert_eq!(ClientOptions::default().merged(&overrides).unwrap().max_connecting, 2);
}

#[test]
fn event_names_are_kept_lowercase_and_once() {
    let names = ["NewChannel", "Hangup", "hangup"].map(Value::text).to_vec();
    let options = read("allowed_events", Value::List(names)).unwrap();
    assert_eq!(options.allowed_events, [b"newchannel".as_slice(), b"hangup"].map(Box::from));
}

#[test]
fn an_event_name_that_could_be_none_is_refused_by_its_place() {
    for bad in [Value::text(""), Value::text("New channel"), Value::text("a\r\n"), Value::Int(1), Value::Null] {
        let list = Value::List(vec![Value::text("Hangup"), bad]);
        assert!(refused("blocked_events", list).starts_with("blocked_events.1: "));
    }
    assert!(read("blocked_events", Value::List(vec![Value::text("x".repeat(129))])).is_err());
    assert!(read("blocked_events", Value::List(vec![Value::text("x"); 1_001])).is_err());
    let by_name = Value::Map(vec![(b"Hangup".to_vec(), Value::Bool(true))]);
    assert!(refused("blocked_events", by_name).contains("must be a list of event names"));
}

#[test]
fn the_parser_buffer_must_hold_the_largest_frame_and_its_delimiter() {
    let with = |frame: i64, buffer: i64| {
        ClientOptions::from_pairs([("max_frame_size", Value::Int(frame)), ("parser_buffer_limit", Value::Int(buffer))])
    };
    assert!(with(1_048_576, 1_048_580).is_ok());
    assert_eq!(
        with(1_048_576, 1_048_579).unwrap_err().to_string(),
        "parser_buffer_limit: 1048579 is less than max_frame_size and its delimiter (1048580)"
    );
}

#[test]
fn a_frame_that_outgrows_the_default_buffer_is_refused_by_its_own_name() {
    assert_eq!(
        refused("max_frame_size", Value::Int(4_194_304)),
        "max_frame_size: 4194304 does not fit with its delimiter into parser_buffer_limit (2097152)"
    );
}

#[test]
fn the_longest_wait_between_attempts_is_not_under_the_shortest() {
    assert_eq!(
        ClientOptions::from_pairs([("backoff_min_ms", Value::Int(500)), ("backoff_max_ms", Value::Int(499))])
            .unwrap_err()
            .to_string(),
        "backoff_max_ms: 499 is less than backoff_min_ms (500)"
    );
    assert_eq!(
        refused("backoff_min_ms", Value::Int(30_001)),
        "backoff_min_ms: 30001 is more than backoff_max_ms (30000)"
    );
}

#[test]
fn options_merge_only_what_was_given() {
    let base = ClientOptions::from_pairs([("read_timeout", Value::Int(1)), ("action_timeout", Value::Int(2))]).unwrap();
    let overrides = typed("read_timeout", Value::Int(9)).unwrap();
    let merged = base.merged(&overrides).unwrap();
    assert_eq!(merged.read_timeout, Duration::from_secs(9));
    assert_eq!(ClientOptions { read_timeout: base.read_timeout, ..merged }, base);
}

#[test]
fn names_become_camel_case_for_named_arguments() {
    let camel = ["lazy", "backoff_min_ms", "enforce_ip_endpoints"].map(camel_case);
    assert_eq!(camel, ["lazy", "backoffMinMs", "enforceIpEndpoints"]);
    let error = read("max_frame_size", Value::Int(4_194_304)).unwrap_err().in_camel_case();
    assert_eq!(
        error.to_string(),
        "maxFrameSize: 4194304 does not fit with its delimiter into parserBufferLimit (2097152)"
    );
}

#[test]
fn a_memory_limit_that_is_over_before_anything_happens_is_refused() {
    assert_eq!(read("memory_limit", Value::Int(16_777_216)).unwrap().memory_limit, 16_777_216);
    assert_eq!(
        refused("memory_limit", Value::Int(128)),
        "memory_limit: 128 is out of range (16777216 to 1099511627776, or 0 for none)"
    );
}
