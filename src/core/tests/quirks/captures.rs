//! Captures of real servers.

use crate::Quirk;

/// Items that these captures hold, in this order; anything may stand between them.
pub(crate) const CAPTURES: &[Quirk] = &[
    ("22/login_ok", "the banner is one line; 22 says 11", &["banner Asterisk Call Manager/11.0.0"]),
    ("16/login_ok", "and 16 says 5.0.4", &["banner Asterisk Call Manager/5.0.4"]),
    (
        "22/before_login",
        "before the login everything is refused",
        &["[response] Response: Error | ActionID: ping-1 | Message: Permission denied"],
    ),
    (
        "22/events_onoff",
        "Events is answered by On or Off and no message",
        &[
            "[response] Response: Success | ActionID: events-1 | Events: Off",
            "[response] Response: Success | ActionID: e2 | Events: On",
        ],
    ),
    (
        "22/command_unknown",
        "an unknown command is an error with output",
        &[
            "[response] Response: Error | ActionID: command-1 | Message: Command output follows | Output: No such command \\'no such thing\\' (type \\'core show help no such\\' for other possible commands)",
        ],
    ),
    (
        "22/getvar_setvar",
        "an unknown variable is a success with an empty value",
        &[
            "[response] Response: Success | ActionID: g2 | Variable: NOSUCH | Value: ",
            "[response] Response: Success | ActionID: g4 | Variable: NOFUNC(x) | Value: ",
        ],
    ),
    (
        "22b/queuerule",
        "QueueRule repeats its keys, and two blank lines follow it",
        &[
            "[response] Response: Success | ActionID: qr | RuleList: myrule | Rule: 30,+3,+0 | Rule: 60,10,0 | RuleList: rule2 | Rule: 5,1,+0",
        ],
    ),
    (
        "22/pjsipshowendpoint_unknown",
        "a newline stands before the last line end",
        &["[response] Response: Error | ActionID: pjsipshowendpoint-1 | Message: Unable to retrieve endpoint nosuch"],
    ),
    (
        "22/limit_line",
        "a line of 1,025 bytes is answered twice",
        &[
            "[response] Response: Error | ActionID: ln1025 | Message: Failed to parse message: line too long",
            "[response] Response: Error | Message: Missing action in request",
            "[response] Response: Error | ActionID: ln1026 | Message: Failed to parse message: line too long",
        ],
    ),
    (
        "22/limit_headers",
        "129 headers are too many",
        &["[response] Response: Error | ActionID: hc129 | Message: Too many lines in message or allocation failure"],
    ),
    (
        "22/inject",
        "a lone carriage return comes back raw, a newline forges a header",
        &[
            "[event] Event: UserEvent | Privilege: user,all | UserEvent: Inj | ActionID: i1 | Val: a | Injected: yes",
            "[event] Event: UserEvent | Privilege: user,all | UserEvent: Inj2 | ActionID: i2 | Val: a\\rInjected: yes",
        ],
    ),
    (
        "22b/originate_async_ok",
        "ChanVariable keys name their channel and repeat",
        &[
            "[event] Event: OriginateResponse | Privilege: call,all | Timestamp: 1795230803.504210 | SystemName: ast22b | ActionID: originate-1 | Response: Success | Channel: Local/1000@default-00000003;1 | Context: default | Exten: 1000 | Reason: 4 | Uniqueid: cap2-chan-1 | CallerIDNum: 123 | CallerIDName: Zoe | ChanVariable(Local/1000@default-00000003;1): FOO=one | ChanVariable(Local/1000@default-00000003;1): EMPTYVAR= | ChanVariable(Local/1000@default-00000003;1): CALLERID(name)=Zoe",
        ],
    ),
    (
        "22b/userevent",
        "with timestampevents two headers more follow Privilege",
        &[
            "[event] Event: UserEvent | Privilege: user,all | Timestamp: 1795230814.713216 | SystemName: ast22b | UserEvent: Cap | ActionID: userevent-1 | Key1: v1 | Key2: a: b: c | Empty:  | Empty2: ",
        ],
    ),
    (
        "22/allactions",
        "one list starts with a capital letter",
        &[
            "[response] Response: Success | ActionID: L-FAXSessions-0 | EventList: Start | Message: FAXSessionsEntry event list will follow",
        ],
    ),
    (
        "22/logoff",
        "a Logoff is answered by Goodbye",
        &["[response] Response: Goodbye | ActionID: logoff-1 | Message: Thanks for all the fish."],
    ),
    (
        "22b/stop_now",
        "a server that stops says so",
        &[
            "[event] Event: Shutdown | Privilege: system,all | Timestamp: 1795230675.445846 | SystemName: ast22b | Shutdown: Cleanly | Restart: False",
        ],
    ),
    (
        "22b/boot",
        "a server that boots says when it has",
        &[
            "[event] Event: FullyBooted | Privilege: system,all | Timestamp: 1795230657.600270 | SystemName: ast22b | Status: Fully Booted | Uptime: 1 | LastReload: 1",
        ],
    ),
];
