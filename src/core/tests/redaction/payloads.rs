//! Actions and frames as debug records show them.

use ami_core::redact::{MAX_LINE, MAX_PAYLOAD, Redactor};

fn shown(lines: &[&str]) -> String {
    Redactor::default().payload(format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes())
}

#[test]
fn a_login_shows_neither_its_secret_nor_the_answer_to_its_challenge() {
    assert_eq!(
        shown(&["Action: Login", "ActionID: 1", "Username: dialer", "AuthType: MD5", "Key: 0123abcd", "Events: on"]),
        "Action: Login\nActionID: 1\nUsername: dialer\nAuthType: MD5\nKey: ***\nEvents: on"
    );
    assert_eq!(shown(&["Key: 0123abcd", "secret:hunter2", "action:login"]), "Key: ***\nsecret: ***\naction: login");
}

#[test]
fn the_details_of_a_pjsip_endpoint_show_no_credentials() {
    let lines = [
        "Event: AuthDetail",
        "ObjectType: auth",
        "Username: 100",
        "Password: hunter2",
        "Md5Cred: 0123",
        "OauthSecret: hunter2",
        "RefreshToken: hunter2",
        "Realm: ",
        "AuthType: userpass",
    ];
    let text = shown(&lines);
    assert!(!text.contains("hunter2") && !text.contains("0123"), "{text}");
    assert!(text.contains("Username: 100") && text.contains("AuthType: userpass"), "{text}");
}

#[test]
fn a_value_that_another_header_names_a_secret_is_hidden() {
    for (naming, named) in [
        ("Variable: DB_PASSWORD", "Value"),
        ("Variable: PIN", "Value"),
        ("Var-000001: secret", "Value-000001"),
        ("Key: 100/secret", "Val"),
        ("Family: tokens", "Val"),
    ] {
        assert_eq!(
            shown(&["Action: X", naming, &format!("{named}: 1234")]),
            format!("Action: X\n{naming}\n{named}: ***")
        );
        assert_eq!(shown(&[&format!("{named}: 1234"), naming]), format!("{named}: ***\n{naming}"), "in any order");
    }
    assert_eq!(shown(&["Variable: COUNT", "Value: 1234"]), "Variable: COUNT\nValue: 1234");
    assert_eq!(shown(&["Action: DBGet", "Family: cidname", "Key: 100"]), "Action: DBGet\nFamily: cidname\nKey: 100");
}

#[test]
fn values_are_looked_into() {
    for (line, expected) in [
        ("Variable: A=1", "Variable: A=1"),
        ("Variable: SIP_SECRET=hunter2", "Variable: SIP_SECRET=***"),
        ("Line-000000-000001: secret=hunter2", "Line-000000-000001: secret=***"),
        ("Output:  password : hunter2", "Output:  password : ***"),
        ("ChanVariable(SIP/1): PIN=1234", "ChanVariable(SIP/1): PIN=***"),
        ("AppData: https://a:hunter2@b/", "AppData: https://a:***@b/"),
    ] {
        assert_eq!(shown(&[line]), expected);
    }
}

#[test]
fn what_belongs_to_a_secret_line_is_as_secret() {
    assert_eq!(shown(&["Password: hunter2", "more of it", "Next: 1", "line3"]), "Password: ***\n***\nNext: 1\nline3");
}

#[test]
fn a_long_line_is_told_by_its_length_and_a_long_payload_is_cut() {
    let long = "x".repeat(MAX_LINE);
    assert_eq!(shown(&[&format!("Value: {long}"), "B: 1"]), format!("Value: ({MAX_LINE} bytes)\nB: 1"));
    assert_eq!(shown(&[&format!("Password: {long}")]), "Password: ***");
    let line = format!("Output: {}", "y".repeat(1_000));
    let text = shown(&[line.as_str(); 100]);
    assert!(text.len() <= MAX_PAYLOAD + MAX_LINE + 100, "{}", text.len());
    assert!(text.ends_with("bytes in all)"), "{text}");
}

#[test]
fn any_bytes_may_be_a_payload() {
    for bytes in [
        b"".as_slice(),
        b"\r\n\r\n",
        b"\xff: \xfe\n",
        b":",
        b"\0",
        b": x\n:\n",
        &vec![b':'; 100_000],
        &vec![b'\n'; 100_000],
    ] {
        Redactor::default().payload(bytes);
    }
}
