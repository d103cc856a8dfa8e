//! Which names are those of secrets.

use ami_core::redact::{Pattern, Redactor};
use regex::Regex;
use std::collections::BTreeSet;

fn hides(name: &str) -> bool {
    Redactor::default().hides(name.as_bytes())
}

/// Every name of a header or parameter that Asterisk 22 and 16 document.
fn documented() -> BTreeSet<String> {
    let tools = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/ami");
    let (name, fields) = (r#""name":\s*"([^"]+)""#, r#""fields":\s*\[([^\]]*)\]"#);
    let (name, fields, word) =
        (Regex::new(name).unwrap(), Regex::new(fields).unwrap(), Regex::new(r#""([^"]+)""#).unwrap());
    let mut names = BTreeSet::new();
    for file in ["asterisk-22.json", "asterisk-16.json"] {
        let text = std::fs::read_to_string(tools.join(file)).unwrap();
        names.extend(name.captures_iter(&text).map(|found| found[1].to_owned()));
        for list in fields.captures_iter(&text) {
            names.extend(word.captures_iter(&list[1]).map(|found| found[1].to_owned()));
        }
    }
    assert!(names.len() > 600, "the catalog was read: {}", names.len());
    names
}

#[test]
fn of_all_that_asterisk_documents_these_headers_are_hidden() {
    let hidden: Vec<String> = documented().into_iter().filter(|name| hides(name)).collect();
    assert_eq!(
        hidden,
        [
            "DtlsPrivateKey",
            "ExpectedResponse",
            "Md5Cred",
            "NewPassword",
            "OauthSecret",
            "Password",
            "PasswordDigest",
            "ReceivedHash",
            "RefreshToken",
            "Secret",
        ]
    );
}

#[test]
fn of_all_that_asterisk_documents_these_headers_look_alike_and_are_shown() {
    let alike = Regex::new("(?i)pass|secr|tok|key|pin|cred|auth|md5|hash|cert|cookie|code").unwrap();
    let shown: Vec<String> = documented().into_iter().filter(|name| alike.is_match(name) && !hides(name)).collect();
    assert_eq!(
        shown,
        [
            "AccountCode",
            "Accountcode",
            "AllowUnauthenticatedOptions",
            "AllowWildcardCerts",
            "AsymmetricRtpCodec",
            "Auth",
            "AuthMethod",
            "AuthRejectionPermanent",
            "AuthType",
            "AuthenticateQualify",
            "Auths",
            "CertFile",
            "Code",
            "CodecPrefsIncomingAnswer",
            "CodecPrefsIncomingOffer",
            "CodecPrefsOutgoingAnswer",
            "CodecPrefsOutgoingOffer",
            "Codecs",
            "DtlsAutoGenerateCert",
            "DtlsCertFile",
            "DtlsRekey",
            "Key",
            "MohPassthrough",
            "OauthClientid",
            "OldAccountCode",
            "OutboundAuth",
            "OutboundAuths",
            "PreferredCodecOnly",
            "PrivKeyFile",
            "RequireClientCert",
            "ResultCode",
            "SpecialCode",
            "UsingPassword",
        ]
    );
}

#[test]
fn a_secret_is_known_by_its_name_however_it_is_written() {
    for name in [
        "password",
        "PASSWORD",
        "Password2",
        "user_password",
        "dbPassword",
        "DBPASSWD",
        "passphrase",
        "pass",
        "db-pass",
        "pwd",
        "secret",
        "md5secret",
        "MD5Secret",
        "RemoteSecret",
        "client_secret",
        "clientSecret",
        "SECRETS",
        "credentials",
        "md5_cred",
        "token",
        "AccessToken",
        "auth_token",
        "X-Auth-Token",
        "APIKEY",
        "api_key",
        "apiKey",
        "ApiKey2",
        "private-key",
        "secretKey",
        "encryption_key",
        "session_keys",
        "PIN",
        "pin",
        "UserPin",
        "AdminPIN",
        "pin_code",
        "PinNumber",
        "vm.pin",
        "password_hash",
        "pass_phrase",
        "Pass-Word",
        "password_old",
        "private_key_pem",
        "bearer",
        "PasswordConfirmation",
        "Authorization",
        "Proxy-Authorization",
        "Set-Cookie",
        "CHANNEL(secret)",
        "arguments[token]",
        "100/secret",
        "__SIP_PASSWORD",
    ] {
        assert!(hides(name), "{name}");
    }
}

#[test]
fn what_only_looks_like_a_secret_is_shown() {
    for name in [
        "key",
        "Key",
        "MonKey",
        "Monkey",
        "Extension",
        "PinDropped",
        "Ping",
        "Shipping",
        "Spin",
        "Opinion",
        "Keypad",
        "server_key",
        "server_keys",
        "unique_key",
        "primary_key",
        "KeyName",
        "SecretExist",
        "MD5SecretExist",
        "HasPassword",
        "require_secret",
        "max_tokens",
        "TokenCount",
        "SecretaryExten",
        "PassThrough",
        "Compass",
        "Bypass",
        "passes",
        "Tokenizer",
        "author",
        "",
        "-",
        "12",
        "action_id",
        "timestamp_ms",
        "next_retry_at",
        "Privilege",
        "Response",
        "Challenge",
        "Nonce",
    ] {
        assert!(!hides(name), "{name}");
    }
}

#[test]
fn names_and_patterns_of_the_application_come_on_top() {
    let redactor = Redactor::new(&["account_code", "Digit"], &[Pattern::parse(b"/^crm_/i").unwrap()], &[]);
    for name in ["AccountCode", "ACCOUNT-CODE", "digit", "crm_id", "CRM_id", "Password"] {
        assert!(redactor.hides(name.as_bytes()), "{name}");
    }
    for name in ["AccountCodes", "Digits", "my_crm_id"] {
        assert!(!redactor.hides(name.as_bytes()), "{name}");
    }
}

#[test]
fn any_bytes_may_be_a_name() {
    for name in [b"pass\xffword".as_slice(), b"\xff\xfe", b"\0", &vec![b'A'; 100_000], b"Pa\nss"] {
        Redactor::default().hides(name);
    }
}
