//! Patterns as options take and refuse them.

use ami_core::config::{ClientOptions, Value};
use ami_core::redact::Pattern;

fn refused(pattern: &str) -> String {
    Pattern::parse(pattern.as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_pattern_is_refused_by_the_name_and_place_of_its_option() {
    for option in ["redaction_key_patterns", "redaction_value_patterns"] {
        let list = Value::List(vec![Value::text("/ok/"), Value::text("/(/")]);
        let error = ClientOptions::from_pairs([(option, list)]).unwrap_err();
        assert_eq!(error.key, format!("{option}.1"));
        assert_eq!(error.value, Value::text("/(/"));
        assert_eq!(error.to_string(), format!("{option}.1: \"/(/\" is no valid pattern: unclosed group"));
    }
    let error = ClientOptions::from_pairs([("redaction_keys", Value::List(vec![Value::text("--")]))]).unwrap_err();
    assert_eq!(error.to_string(), "redaction_keys.0: \"--\" has no letter and no digit");
}

#[test]
fn lists_of_names_and_patterns_have_bounds() {
    let read = |name, values: Vec<Value>| ClientOptions::from_pairs([(name, Value::List(values))]);
    assert!(read("redaction_keys", vec![Value::text("x"); 1_000]).is_ok());
    assert!(read("redaction_keys", vec![Value::text("x"); 1_001]).is_err());
    assert!(read("redaction_keys", vec![Value::text("x".repeat(129))]).is_err());
    assert!(read("redaction_keys", vec![Value::Int(1)]).is_err());
    assert!(read("redaction_key_patterns", vec![Value::text("/x/"); 100]).is_ok());
    assert!(read("redaction_key_patterns", vec![Value::text("/x/"); 101]).is_err());
    assert!(read("redaction_value_patterns", vec![Value::Null]).is_err());
    assert!(read("redaction_value_patterns", vec![Value::text(format!("/{}/", "x".repeat(998)))]).is_ok());
    assert!(read("redaction_value_patterns", vec![Value::text(format!("/{}/", "x".repeat(999)))]).is_err());
}

#[test]
fn delimiters_and_flags_are_those_of_preg_match() {
    for pattern in
        ["/a/", "~a/b~", "#a#i", "{a}", "(a)ims", "[a]", "<a>", "/a\\/b/", "/ü/u", "/a b/x", "/a.+/U", "!a!", "%a%"]
    {
        assert!(Pattern::parse(pattern.as_bytes()).is_ok(), "{pattern}");
    }
    for pattern in ["", "a", "secret", "/a", "\\a\\", "1a1", " /a/"] {
        assert!(refused(pattern).starts_with("must stand between delimiters"), "{pattern}: {}", refused(pattern));
    }
    assert_eq!(refused("/a/e"), "has the flag 'e', and only i, m, s, u, U and x are known");
    assert_eq!(refused("//"), "is empty");
    assert_eq!(Pattern::parse(b"/\xff/").unwrap_err().to_string(), "is no UTF-8");
}

#[test]
fn what_the_engine_does_not_have_or_is_too_big_is_refused_with_the_reason() {
    assert!(refused("/(?<=pin=)\\d+/").contains("look-around"), "{}", refused("/(?<=pin=)\\d+/"));
    assert!(refused("/(a)\\1/").contains("backreferences are not supported"), "{}", refused("/(a)\\1/"));
    for pattern in ["/\\p{L}+/u", "/a\\PL/u", "/[\\p{Lu}]x/u"] {
        assert_eq!(refused(pattern), "is no valid pattern: \\p and \\P are not supported", "{pattern}");
    }
    assert!(Pattern::parse(b"/a\\\\p/").is_ok(), "a backslash and a letter");
    assert_eq!(refused("/(\\w{500}){500}/"), "takes more than 1048576 bytes once compiled");
    let nested = format!("/{}a{}/", "(".repeat(60), ")".repeat(60));
    assert!(refused(&nested).contains("is no valid pattern"), "{}", refused(&nested));
    for pattern in ["/a*/", "/(x|)/", "/^/", "/.*/s"] {
        assert_eq!(refused(pattern), "matches the empty text, and so every text");
    }
}

#[test]
fn what_would_silently_mean_something_else_is_refused() {
    for (pattern, what) in [
        ("/a(?R)b/", "(?R"),
        ("/\\<a>/", "\\<"),
        ("/a\\>/", "\\>"),
        ("/[a-z&&b]/", "&&"),
        ("/[a--b]/", "--"),
        ("/[^~~]/", "~~"),
        ("/[[a]]/", "["),
    ] {
        let said = refused(pattern);
        assert!(said.ends_with("means something else in PCRE than here") && said.contains(what), "{pattern}: {said}");
    }
    for pattern in ["/--secret=(\\S+)/", "/a&&b/", "/[[:alpha:]]x/", "/[\\[a]/", "/[a\\&&]/", "/\\\\<a/", "/[]a]/"] {
        assert!(Pattern::parse(pattern.as_bytes()).is_ok(), "{pattern}: {}", refused(pattern));
    }
}

#[test]
fn options_give_back_the_patterns_as_they_were_written() {
    let given = Value::List(vec![Value::text("/^crm_/i")]);
    let options = ClientOptions::from_pairs([("redaction_key_patterns", given.clone())]).unwrap();
    assert!(options.values().any(|(spec, value)| spec.name == "redaction_key_patterns" && value == given));
}
