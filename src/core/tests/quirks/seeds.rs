//! The seeds of the fuzzers.

use crate::Quirk;

/// All of `fuzz/corpus/parser`.
pub(crate) const SEEDS: &[Quirk] = &[
    (
        "banner_of_asterisk_16",
        "the banner is one line, of any version",
        &[
            "banner Asterisk Call Manager/5.0.4",
            "[response] Response: Success | ActionID: 1 | Message: Authentication accepted",
        ],
    ),
    (
        "banner_once",
        "the banner is recognised once; a second one is a line of the next frame",
        &["banner Asterisk Call Manager/11.0.0", "[response] Response: Success"],
    ),
    (
        "banner_ends_in_newline",
        "the banner may end in a bare newline",
        &["banner Asterisk Call Manager/5.0.4", "[response] Response: Success"],
    ),
    ("banner_endless", "a first line without an end is no banner, and the stream goes on", &["[event] Event: A"]),
    (
        "blank_frames",
        "blank frames are nothing, whatever their line ends",
        &[
            "banner Asterisk Call Manager/11.0.0",
            "[event] Event: A",
            "[event] Event: B",
            "[event] Event: C",
            "[event] Event: D",
        ],
    ),
    (
        "extra_blank_line_after_a_testevent",
        "a TestEvent is followed by one blank line more",
        &[
            "[event] Event: TestEvent | Privilege: test,all | Type: StateChange | State: CONF_CHANGE_STATE",
            "[event] Event: Next",
        ],
    ),
    (
        "error_with_newline_then_extra_blank_line",
        "so is the error of SIPshowpeer on 16",
        &["[response] Response: Error | ActionID: 1 | Message: Peer nosuch not found.", "[event] Event: Next"],
    ),
    (
        "queuerule_extra_blank_line",
        "so is the answer of QueueRule, whose keys repeat",
        &[
            "banner Asterisk Call Manager/11.0.0",
            "[response] Response: Success | ActionID: login | Message: Authentication accepted",
            "[response] Response: Success | ActionID: qr | RuleList: myrule | Rule: 30,+3,+0 | Rule: 60,10,0 | RuleList: rule2 | Rule: 5,1,+0",
            "[response] Response: Success | ActionID: qr2 | RuleList: myrule | Rule: 30,+3,+0 | Rule: 60,10,0",
            "[response] Response: Success | ActionID: qr3",
            "...",
        ],
    ),
    (
        "newline_before_crlf",
        "a newline before the last line end makes no empty line in mid-frame",
        &[
            "banner Asterisk Call Manager/11.0.0",
            "[response] Response: Success | ActionID: login | Message: Authentication accepted",
            "[response] Response: Error | ActionID: pjsipshowendpoint-1 | Message: Unable to retrieve endpoint nosuch",
            "[response] Response: Error | ActionID: x2 | Message: PJSIPShowEndpoint requires an endpoint name",
        ],
    ),
    (
        "newline_only_server",
        "frames of a server that ends lines in newlines end at LFLF",
        &["banner Asterisk Call Manager/1.0", "[response] Response: Success | ActionID: 1", "[event] Event: A | X: 1"],
    ),
    (
        "mixed_line_ends",
        "line ends may be mixed from frame to frame and within one",
        &["[event] Event: A | X: 1", "[event] Event: B | X: 2", "[event] Event: C | X: 3", "[event] Event: D"],
    ),
    (
        "two_newlines_in_a_value",
        "LFLF in a value does not cut a frame of CRLF lines",
        &["[event] Event: VarSet | Value: a | Uniqueid: 1"],
    ),
    (
        "carriage_return_at_the_end",
        "a carriage return at the end of the stream waits for what follows",
        &["[event] Event: A", "left 1"],
    ),
    ("carriage_return_first", "a carriage return that ends no line is content", &["[event] Event: A"]),
    (
        "lone_carriage_return_in_a_value",
        "a lone carriage return stays in its value, and what follows it is no header",
        &[
            "banner Asterisk Call Manager/11.0.0",
            "[response] Response: Success | ActionID: login | Message: Authentication accepted",
            "...",
            "[event] Event: UserEvent | Privilege: user,all | UserEvent: Inj2 | ActionID: i2 | Val: a\\rInjected: yes",
            "...",
        ],
    ),
    (
        "newlines_in_values",
        "a real call with line ends in its values is read to where the capture was cut",
        &[
            "banner Asterisk Call Manager/11.0.0",
            "[response] Response: Success | ActionID: login | Message: Authentication accepted",
            "[event] Event: FullyBooted | Privilege: system,all | Uptime: 4642 | LastReload: 4642 | Status: Fully Booted",
            "...",
            "left 200",
        ],
    ),
    (
        "header_forged_by_a_value",
        "a line end in a value forges a header, and the first of its name counts",
        &["[event] Event: UserEvent | AppData: a | ActionID: forged | ActionID: real"],
    ),
    (
        "frame_forged_by_a_value",
        "a blank line in a value forges a frame, and the real next one is read",
        &["[event] Event: UserEvent | V: a", "[event] Event: Forged | X: y", "[event] Event: Real"],
    ),
    (
        "lines_without_a_colon",
        "lines without a colon or without a key are no headers and harm none",
        &["[event] Event: A | Y: 2"],
    ),
    (
        "missing_space_after_colon",
        "the space after the colon may be missing",
        &["[event] Event: A | X: 1 | Empty2: ", "[response] Response: Success | ActionID: 7"],
    ),
    (
        "blanks_around_the_colon",
        "one space is the colon's, further ones are the value's; blanks before the colon are nobody's",
        &["[event] Event: A | Empty2:  | X: 1 | Y:  2  | Z: 3"],
    ),
    (
        "empty_values",
        "values and names may be empty",
        &["[event] Event: A | X:  | Y:  | Z:  ", "[event] Event: ", "[event] Event: "],
    ),
    (
        "folded_lines",
        "lines that start with a blank are no headers, and the value before is not continued",
        &["[event] Event: A | X: 1 | Y: 2"],
    ),
    (
        "repeated_keys",
        "keys that repeat are all there, in order and as written",
        &["[event] Event: Status | Variable: a=1 | variable: b=2 | VARIABLE: c"],
    ),
    (
        "odd_keys",
        "keys may hold blanks, brackets and semicolons",
        &["[event] Event: A | ChanVariable(Local/1@d-0;1): FOO= | Named Callgroup: x | SIP-T.38Support: N | Before: b"],
    ),
    (
        "event_with_a_response_header",
        "an event with a Response header is an event",
        &[
            "[event] Event: OriginateResponse | Privilege: call,all | ActionID: o1 | Response: Failure | Uniqueid: <unknown>",
        ],
    ),
    (
        "originate_response_to_nobody",
        "an OriginateResponse goes to all sessions",
        &[
            "[event] Event: OriginateResponse | Privilege: call,all | ActionID: 1 | Response: Failure | Channel: PJSIP/nosuch | Reason: 0 | Uniqueid: <unknown>",
        ],
    ),
    (
        "response_with_an_event_header",
        "a response with an Event header is a response",
        &["[response] Response: Success | Event: x"],
    ),
    (
        "latin1_control_and_nul",
        "Latin-1, control bytes and NUL are bytes like others",
        &["[event] Event: A | L: \\xe9\\xff | U: \\xc3\\xa9 | C: \\x01\\x1b\\x7f | N: a\\x00b"],
    ),
    ("utf8_values", "so is UTF-8", &["[event] Event: A | CallerIDName: Zo\\xc3\\xab \\xe9\\x9b\\xbb\\xe8\\xa9\\xb1"]),
    (
        "userevent",
        "a UserEvent holds what was sent, Empty2 without a space and a line without a colon",
        &[
            "banner Asterisk Call Manager/11.0.0",
            "[response] Response: Success | ActionID: login | Message: Authentication accepted",
            "...",
            "[event] Event: UserEvent | Privilege: user,all | UserEvent: Cap | ActionID: userevent-1 | Key1: v1 | Key2: a: b: c | Empty:  | Empty2: ",
            "[response] Response: Success | Message: Event Sent",
            "[event] Event: UserEvent | Privilege: user,all | UserEvent: NoId | X: y",
            "...",
        ],
    ),
    (
        "list",
        "a list is a response, items with their id last, and an end",
        &[
            "banner Asterisk Call Manager/11.0.0",
            "[response] Response: Success | ActionID: login | Message: Authentication accepted",
            "[response] Response: Success | ActionID: queuesummary-1 | EventList: start | Message: Queue summary will follow",
            "...",
            "[event] Event: QueueSummary | Queue: empty | LoggedIn: 0 | Available: 0 | Callers: 0 | HoldTime: 0 | TalkTime: 0 | LongestHoldTime: 0 | ActionID: queuesummary-1",
            "[event] Event: QueueSummaryComplete | ActionID: queuesummary-1 | EventList: Complete | ListItems: 3",
        ],
    ),
    (
        "list_item_with_action_id_last",
        "an item may carry its action id last",
        &[
            "[event] Event: Contact | Uri: sip:1 | ActionID: l1",
            "[event] Event: CompleteX | ActionID: l1 | EventList: Complete | ListItems: 1",
        ],
    ),
    (
        "list_items_merged_by_a_long_action_id",
        "over 243 bytes of action id the items of a list merge into one frame",
        &[
            "[event] Event: QueueMember | Queue: a | ActionID: {id}Event: QueueMember | Queue: b | ActionID: {id}Event: QueueStatusComplete | ActionID: x | EventList: Complete | ListItems: 2",
        ],
    ),
    (
        "header_glued_to_a_long_action_id",
        "over 137 bytes the next header is glued to the id",
        &["[response] Response: Success | ActionID: {id}CoreStartupDate: 2026-11-21 | CoreCurrentCalls: 0"],
    ),
    (
        "three_errors_for_one_action",
        "ModuleLoad without parameters is answered by three errors",
        &[
            "[response] Response: Error | ActionID: m1 | Message: Incomplete ModuleLoad action.",
            "[response] Response: Error | ActionID: m1 | Message: Incomplete ModuleLoad action.",
            "[response] Response: Error | ActionID: m1 | Message: Incomplete ModuleLoad action.",
        ],
    ),
    (
        "stray_blank_lines_answered",
        "each stray blank line is answered, without an action id",
        &[
            "banner Asterisk Call Manager/11.0.0",
            "[response] Response: Success | ActionID: login | Message: Authentication accepted",
            "[response] Response: Error | Message: Missing action in request",
            "...",
            "[response] Response: Success | ActionID: e | Ping: Pong | Timestamp: 1795231051.415978",
            "left 143",
        ],
    ),
    (
        "line_too_long_answered_twice",
        "a line of 1,025 bytes is answered twice",
        &[
            "[response] Response: Error | ActionID: 1 | Message: Failed to parse message: line too long",
            "[response] Response: Error | Message: Missing action in request",
        ],
    ),
    (
        "too_many_headers_answered_without_id",
        "129 headers are answered without the id that came after them",
        &["[response] Response: Error | Message: Too many lines in message or allocation failure"],
    ),
    (
        "command_output_of_asterisk_14",
        "output is a header a line, blank and indented ones too",
        &[
            "[response] Response: Success | ActionID: 1 | Message: Command output follows | Output: a | Output:  | Output:   b: c",
        ],
    ),
    (
        "mid_value_end_command",
        "the marker of old servers in the output of new ones is output",
        &[
            "[response] Response: Success | ActionID: 1 | Output: --END COMMAND-- | Output: a --END COMMAND-- b",
            "[event] Event: Next",
        ],
    ),
    (
        "follows_with_blank_lines",
        "raw output may hold blank lines and whole events",
        &["[response] Response: Follows | Privilege: Command | ActionID: c", "[event] Event: A"],
    ),
    (
        "follows_marker_in_output",
        "raw output ends at a marker with a blank line behind it, and no other",
        &["[response] response: follows", "[event] Event: A"],
    ),
    (
        "follows_forged",
        "a forged Follows swallows the stream where a command may be pending, and is seen in what is left",
        &["[event] Event: UserEvent | V: a", "left 39"],
    ),
    (
        "follows_toggled",
        "up to the marker, everything is output",
        &["[response] Response: Follows", "[event] Event: D"],
    ),
    (
        "follows_oversized",
        "raw output over the limit is thrown away up to its marker",
        &["oversized 267 Response c", "[event] Event: A"],
    ),
    ("follows_toggled_oversized", "raw output without a marker goes on", &["left 337"]),
    (
        "oversized_frame",
        "a frame over the limit is gone, and the next one is read",
        &["oversized 213 Event ", "[event] Event: B"],
    ),
    ("oversized_newline_only", "so it is with bare newlines", &["oversized 102 Event ", "[event] Event: B"]),
    ("oversized_noise", "so it is with noise", &["oversized 206  ", "[event] Event: B"]),
    (
        "oversized_with_cut_delimiter",
        "what only looks like a delimiter does not end it, and its action is known",
        &["oversized 123 Response x", "[event] Event: B"],
    ),
    (
        "garbage_before_and_after",
        "noise before a frame is a line of it, noise between frames is skipped",
        &["[event] Event: A", "garbage noise\\xff", "[event] Event: B"],
    ),
    (
        "http_answer",
        "what is no Asterisk answers with blocks that are no frames",
        &[
            "garbage HTTP/1.1 400 Bad Request\\r\\nContent-Type: text/html\\r\\nConnection: close",
            "garbage <html></html>",
        ],
    ),
    ("no_delimiter", "without a delimiter there is no frame", &["left 610"]),
    (
        "cut_in_mid_frame",
        "a stream that ends in mid-frame leaves the rest to be counted",
        &[
            "banner Asterisk Call Manager/11.0.0",
            "[response] Response: Success | ActionID: login | Message: Authentication accepted",
            "[event] Event: FullyBooted | Privilege: system,all | Uptime: 4531 | LastReload: 4531 | Status: Fully Booted",
            "left 310",
        ],
    ),
    (
        "goodbye",
        "a Logoff is answered by Goodbye",
        &[
            "banner Asterisk Call Manager/11.0.0",
            "[response] Response: Success | ActionID: login | Message: Authentication accepted",
            "[response] Response: Goodbye | ActionID: logoff-1 | Message: Thanks for all the fish.",
        ],
    ),
    (
        "fullybooted_while_booting",
        "FullyBooted has another order of headers while the server boots",
        &["[event] Event: FullyBooted | Privilege: system,all | Uptime: 0 | LastReload: 0 | Status: Fully Booted"],
    ),
    (
        "shutdown",
        "Shutdown says whether the server comes back",
        &["[event] Event: Shutdown | Privilege: system,all | Shutdown: Cleanly | Restart: True"],
    ),
];
