#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::protocol::testing::{drain, headers, one, parse, parse_with, shown};

const SMALL_FRAMES: ParserLimits = ParserLimits { max_frame_size: 100, buffer_limit: 0 };

fn fed(bytes: &[u8]) -> Parser {
    let mut parser = Parser::new(ParserLimits::default());
    assert_eq!(parser.feed(bytes), bytes.len());
    parser
}

#[test]
fn the_banner_is_recognised_once() {
    let items = parse(b"Asterisk Call Manager/11.0.0\r\nAsterisk Call Manager/11.0.0\r\nResponse: Success\r\n\r\n");
    assert_eq!(
        shown(&items),
        [
            "banner Asterisk Call Manager/11.0.0",
            "response Success <Asterisk Call Manager/11.0.0\\r\\nResponse: Success>"
        ]
    );
}

#[test]
fn a_banner_may_end_in_a_bare_newline() {
    let items = parse(b"Asterisk Call Manager/5.0.4\nResponse: Success\n\n");
    assert_eq!(shown(&items), ["banner Asterisk Call Manager/5.0.4", "response Success <Response: Success>"]);
}

#[test]
fn a_connection_may_start_without_a_banner() {
    assert_eq!(shown(&parse(b"Event: A\r\nX: 1\r\n\r\n")), ["event A <Event: A\\r\\nX: 1>"]);
}

#[test]
fn a_line_that_only_starts_like_the_banner_is_part_of_a_block() {
    assert_eq!(shown(&parse(b"Asterisk Call\r\n\r\n")), ["garbage <Asterisk Call>"]);
    assert_eq!(shown(&parse(b"Asterisk Call Man\nager\n\n")), ["garbage <Asterisk Call Man\\nager>"]);
}

#[test]
fn an_endless_first_line_is_no_banner() {
    let mut bytes = b"Asterisk Call Manager/".to_vec();
    bytes.resize(BANNER_MAX, b'1');
    bytes.extend_from_slice(b"\r\nEvent: A\r\n\r\n");
    let items = parse(&bytes);
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].clone().frame().as_ref().name(), b"A");
}

#[test]
fn blank_frames_and_extra_blank_lines_are_skipped() {
    let items =
        parse(b"\r\n\r\n\nEvent: A\r\n\r\n\r\nEvent: B\r\n\r\n\r\n\r\n\n\nEvent: C\n\n\n\r\nEvent: D\r\n\r\n\r\n");
    assert_eq!(shown(&items), ["event A <Event: A>", "event B <Event: B>", "event C <Event: C>", "event D <Event: D>"]);
}

#[test]
fn blank_lines_at_the_end_leave_nothing_behind() {
    let mut parser = fed(b"Event: A\r\n\r\n\r\n\r\n");
    assert_eq!(drain(&mut parser).len(), 1);
    assert_eq!(parser.buffered(), 0);
}

#[test]
fn a_newline_before_the_last_line_end_stays_in_its_frame() {
    let frame = one(b"Response: Error\r\nActionID: 1\r\nMessage: Unable to retrieve endpoint nosuch\n\r\n\r\n");
    assert_eq!(frame.as_ref().header(b"Message"), Some(b"Unable to retrieve endpoint nosuch".as_slice()));
    assert_eq!(frame.as_ref().bytes().last(), Some(&b'\n'));
}

#[test]
fn a_server_that_ends_lines_in_newlines_only_is_understood() {
    let items = parse(b"Asterisk Call Manager/1.0\nResponse: Success\nActionID: 1\n\nEvent: A\nX: 1\n\n");
    assert_eq!(items.len(), 3);
    assert_eq!(items[1].clone().frame().as_ref().action_id(), Some(b"1".as_slice()));
    assert_eq!(headers(&items[2].clone().frame()), [("Event".into(), "A".into()), ("X".into(), "1".into())]);
}

#[test]
fn line_ends_may_be_mixed_from_frame_to_frame_and_within_one() {
    let items = parse(b"Event: A\nX: 1\r\n\r\nEvent: B\r\nX: 2\n\r\n\r\nEvent: C\nX: 3\r\n\nEvent: D\r\n\r\n");
    let x: Vec<_> = items
        .into_iter()
        .map(|item| item.frame().as_ref().header(b"X").map(|value| value.escape_ascii().to_string()))
        .collect();
    assert_eq!(x, [Some("1".into()), Some("2".into()), Some("3".into()), None]);
}

#[test]
fn two_newlines_in_a_value_do_not_cut_a_frame_of_crlf_lines() {
    let frame = one(b"Event: VarSet\r\nValue: a\n\nb\r\nUniqueid: 1\r\n\r\n");
    assert_eq!(frame.as_ref().header(b"Uniqueid"), Some(b"1".as_slice()));
}

#[test]
fn a_value_with_a_blank_line_forges_a_frame_and_the_stream_goes_on() {
    let items = parse(b"Event: UserEvent\r\nV: a\r\n\r\nEvent: Forged\r\nX: y\r\n\r\nEvent: Real\r\n\r\n");
    assert_eq!(
        shown(&items),
        [
            "event UserEvent <Event: UserEvent\\r\\nV: a>",
            "event Forged <Event: Forged\\r\\nX: y>",
            "event Real <Event: Real>"
        ]
    );
}

#[test]
fn a_carriage_return_at_the_end_of_the_buffer_waits_for_what_follows() {
    let mut parser = fed(b"Event: A\r\n\r\n\r");
    assert_eq!(shown(&drain(&mut parser)), ["event A <Event: A>"]);
    assert_eq!(parser.buffered(), 1);
    parser.feed(b"\nEvent: B\r\n\r");
    assert!(parser.next().is_none());
    parser.feed(b"\n");
    assert_eq!(shown(&drain(&mut parser)), ["event B <Event: B>"]);
}

#[test]
fn a_carriage_return_that_starts_no_line_end_is_content() {
    assert_eq!(shown(&parse(b"\rnoise\r\nEvent: A\r\n\r\n")), ["event A <\\rnoise\\r\\nEvent: A>"]);
    assert_eq!(shown(&parse(b"Event: A\r\nX: a\r\r\n\r\n")), ["event A <Event: A\\r\\nX: a\\r>"]);
}

#[test]
fn a_frame_may_be_cut_anywhere() {
    let bytes = b"Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: a\r\n\r\n\r\nEvent: A\nX: 1\n\n";
    let whole = shown(&parse(bytes));
    for cut in 0..bytes.len() {
        let mut parser = fed(&bytes[..cut]);
        let mut items = drain(&mut parser);
        parser.feed(&bytes[cut..]);
        items.extend(drain(&mut parser));
        assert_eq!(shown(&items), whole, "cut at {cut}");
    }
}

#[test]
fn a_frame_cut_by_the_end_of_the_stream_is_seen_in_what_is_buffered() {
    let mut parser = fed(b"Event: A\r\n\r\nEvent: Bro");
    drain(&mut parser);
    assert_eq!(parser.buffered(), b"Event: Bro".len());
}

#[test]
fn a_block_without_event_or_response_is_garbage() {
    let http = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html></html>\n\n";
    let items = parse(http);
    assert!(
        matches!(&items[..], [crate::protocol::testing::Owned::Garbage(a), crate::protocol::testing::Owned::Garbage(b)]
        if a.starts_with(b"HTTP/1.1 400") && b == b"<html></html>")
    );
}

#[test]
fn garbage_before_a_frame_belongs_to_it_and_garbage_after_it_is_skipped() {
    let items = parse(b"\x16\x03\x01 noise\r\nEvent: A\r\n\r\nnoise\xff\r\n\r\nEvent: B\r\n\r\n");
    assert_eq!(
        shown(&items),
        ["event A <\\x16\\x03\\x01 noise\\r\\nEvent: A>", "garbage <noise\\xff>", "event B <Event: B>"]
    );
}

#[test]
fn three_error_frames_for_one_action_are_three_frames() {
    let error = b"Response: Error\r\nActionID: m1\r\nMessage: Incomplete ModuleLoad action.\r\n\r\n";
    let items = parse(&error.repeat(3));
    assert_eq!(items.len(), 3);
    assert!(items.into_iter().all(|item| item.frame().as_ref().action_id() == Some(b"m1".as_slice())));
}

#[test]
fn a_frame_of_ninety_kilobytes_arrives_whole() {
    let mut bytes = b"Event: UserEvent\r\nPrivilege: user,all\r\n".to_vec();
    for i in 0..100 {
        bytes.extend_from_slice(format!("H{i}: {}\r\n", "x".repeat(900)).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    for chunk in [1, 1460, 65_536, 100_000] {
        let items = crate::protocol::testing::parse_in(chunk, ParserLimits::default(), &bytes);
        assert_eq!(items.len(), 1);
        assert_eq!(items[0].clone().frame().as_ref().headers().count(), 102);
    }
}

#[test]
fn a_frame_of_exactly_the_limit_is_kept_and_one_byte_more_is_not() {
    for (newline, size) in [("\r\n", 100), ("\r\n", 101), ("\n", 100), ("\n", 101)] {
        let mut bytes = format!("Event: A{newline}X: ").into_bytes();
        bytes.resize(size, b'x');
        bytes.extend_from_slice(format!("{newline}{newline}Event: B{newline}{newline}").as_bytes());
        let items = shown(&parse_with(SMALL_FRAMES, &bytes));
        let first = if size == 100 { "event A" } else { "oversized 101 Some(Event) None" };
        assert!(items[0].starts_with(first), "{items:?}");
        assert_eq!(items[1], "event B <Event: B>");
    }
}

#[test]
fn a_frame_over_the_limit_says_which_action_it_answered() {
    let mut bytes = b"Response: Success\r\nActionID: long:1\r\nOutput: ".to_vec();
    bytes.resize(5000, b'x');
    bytes.extend_from_slice(b"\r\n\r\nResponse: Success\r\nActionID: next\r\n\r\n");
    assert_eq!(
        shown(&parse_with(SMALL_FRAMES, &bytes)),
        ["oversized 5000 Some(Response) Some(\"long:1\")", "response Success <Response: Success\\r\\nActionID: next>"]
    );
}

#[test]
fn an_action_id_that_is_cut_by_what_is_kept_of_a_long_frame_is_not_half_of_one() {
    let mut bytes = b"Response: Success\r\nActionID: ".to_vec();
    bytes.resize(500, b'i');
    bytes.extend_from_slice(b"\r\n\r\n");
    assert_eq!(shown(&parse_with(SMALL_FRAMES, &bytes)), ["oversized 500 Some(Response) None"]);
}

#[test]
fn long_noise_is_discarded_like_a_long_frame() {
    let mut bytes = vec![b'x'; 300];
    bytes.extend_from_slice(b"\r\nmore\r\n\r\nEvent: B\r\n\r\n");
    assert_eq!(shown(&parse_with(SMALL_FRAMES, &bytes)), ["oversized 306 None None", "event B <Event: B>"]);
}

#[test]
fn a_delimiter_that_is_cut_while_a_long_frame_is_discarded_is_found() {
    let mut bytes = b"Event: A\r\nX: ".to_vec();
    bytes.resize(10_000, b'x');
    let body = bytes.len();
    bytes.extend_from_slice(b"\r\n\r\nEvent: B\r\n\r\n");
    for cut in body - 4..body + 8 {
        let mut parser = Parser::new(SMALL_FRAMES);
        let mut items = Vec::new();
        for part in [&bytes[..cut], &bytes[cut..]].into_iter().flat_map(|half| half.chunks(2000)) {
            assert_eq!(parser.feed(part), part.len());
            items.extend(drain(&mut parser));
        }
        assert_eq!(shown(&items), ["oversized 10000 Some(Event) None", "event B <Event: B>"], "cut at {cut}");
    }
}

#[test]
fn a_hundred_mebibytes_without_a_delimiter_fit_in_the_buffer_limit() {
    for line in [b"x".repeat(64 * 1024), b"Event: endless\r\n".repeat(4096), b"\n\r\n.".repeat(16 * 1024)] {
        let limits = ParserLimits { max_frame_size: 256 * 1024, buffer_limit: 512 * 1024 };
        let mut parser = Parser::new(limits);
        let mut highest = 0;
        assert_eq!(parser.feed(b"Event: Start\r\n"), 14);
        for _ in 0..1600 {
            assert_eq!(parser.feed(&line), line.len());
            assert!(parser.next().is_none());
            highest = highest.max(parser.capacity());
        }
        assert!(highest <= limits.buffer_limit + HEAD_MAX, "{highest}");
        assert!(parser.buffered() >= 100 * 1024 * 1024);
        parser.feed(b"\r\n\r\nEvent: B\r\n\r\n");
        let items = shown(&drain(&mut parser));
        assert!(items[0].starts_with("oversized 1048576"), "{items:?}");
        assert_eq!(items[1], "event B <Event: B>");
        parser.shrink_if_idle();
        assert_eq!(parser.capacity(), 0);
    }
}

#[test]
fn the_buffer_is_never_smaller_than_a_frame_and_its_delimiter() {
    let limits = ParserLimits { max_frame_size: 100_000, buffer_limit: 1 };
    let mut bytes = b"Event: A\r\nX: ".to_vec();
    bytes.resize(100_000, b'x');
    bytes.extend_from_slice(b"\r\n\r\n");
    let mut parser = Parser::new(limits);
    let mut items = Vec::new();
    for part in bytes.chunks(999) {
        assert!(!parser.spare().is_empty());
        assert_eq!(parser.feed(part), part.len());
        items.extend(drain(&mut parser));
    }
    assert_eq!(items.len(), 1);
    assert_eq!(items.remove(0).frame().as_ref().bytes().len(), 100_000);
    assert_eq!(parser.capacity(), 100_004);
}

#[test]
fn raw_command_output_may_hold_blank_lines() {
    let bytes = b"Response: Follows\r\nPrivilege: Command\r\nActionID: c\r\na\n\nb\r\n\r\nEvent: No\r\n\r\nc\n--END COMMAND--\r\n\r\nEvent: A\r\n\r\n";
    let items = parse(bytes);
    assert_eq!(items.len(), 2);
    let frame = items[0].clone().frame();
    assert_eq!(frame.as_ref().name(), b"Follows");
    assert_eq!(frame.as_ref().headers().count(), 3);
    assert_eq!(crate::protocol::command::output(frame.as_ref()).count(), 7);
    assert_eq!(items[1].shown(), "event A <Event: A>");
}

#[test]
fn the_marker_ends_raw_command_output_only_with_a_blank_line_behind_it() {
    let items = parse(b"response:follows\na --END COMMAND-- b\n--END COMMAND--\n--END COMMAND--\r\n\rx\n--END COMMAND--\n\nEvent: A\n\n");
    assert_eq!(items.len(), 2);
    assert_eq!(items[1].shown(), "event A <Event: A>");
}

#[test]
fn raw_command_output_over_the_limit_is_discarded_up_to_its_marker() {
    let mut bytes = b"Response: Follows\r\nPrivilege: Command\r\nActionID: c:7\r\n".to_vec();
    bytes.extend_from_slice(&b"some output\n\nand\r\n\r\nmore --END COMMAND-- \n".repeat(20));
    let len = bytes.len() + END_COMMAND_LEN;
    bytes.extend_from_slice(b"--END COMMAND--\r\n\r\nEvent: A\r\n\r\n");
    assert_eq!(
        shown(&parse_with(SMALL_FRAMES, &bytes)),
        [format!("oversized {len} Some(Response) Some(\"c:7\")"), "event A <Event: A>".into()]
    );
}

const END_COMMAND_LEN: usize = 15;

#[test]
fn a_forged_response_follows_cannot_swallow_the_stream_when_no_command_is_pending() {
    let mut parser = Parser::new(ParserLimits::default());
    parser.expect_follows(false);
    parser.feed(b"Response: Follows\r\nX: 1\r\n\r\nEvent: A\r\n\r\n");
    assert_eq!(drain(&mut parser).len(), 2);
}

#[test]
fn a_stream_that_was_swallowed_comes_back_when_no_command_is_pending_any_more() {
    let filler = b"Event: Lost\r\n\r\n".repeat(10);
    // Over the limit, all but the last bytes is gone already.
    for (limits, found) in [(ParserLimits::default(), 12), (SMALL_FRAMES, 2)] {
        let mut parser = Parser::new(limits);
        parser.feed(b"Response: Follows\r\nX: 1\r\n\r\n");
        parser.feed(&filler);
        assert!(parser.next().is_none());
        parser.expect_follows(false);
        parser.feed(b"Event: A\r\n\r\n");
        let items = drain(&mut parser);
        assert_eq!(items.last().unwrap().shown(), "event A <Event: A>");
        assert_eq!(items.len(), found, "{:?}", shown(&items));
        assert_eq!(parser.buffered(), 0);
    }
}

#[test]
fn a_new_connection_expects_a_banner_and_knows_nothing_of_the_old_one() {
    let mut parser = fed(b"Asterisk Call Manager/1.1\r\nEvent: Half");
    drain(&mut parser);
    parser.reset();
    assert_eq!((parser.buffered(), parser.capacity()), (0, 0));
    parser.feed(b"Asterisk Call Manager/2.2\r\nEvent: A\r\n\r\n");
    assert_eq!(shown(&drain(&mut parser)), ["banner Asterisk Call Manager/2.2", "event A <Event: A>"]);
}

#[test]
fn an_idle_parser_gives_its_memory_back_and_keeps_half_a_frame() {
    let mut parser = fed(&b"Event: A\r\n\r\n".repeat(10_000));
    drain(&mut parser);
    assert!(parser.capacity() >= buffer::READ);
    parser.feed(b"Event: Ha");
    parser.shrink_if_idle();
    assert_eq!(parser.capacity(), buffer::SMALL);
    parser.feed(b"lf\r\n\r\n");
    assert_eq!(shown(&drain(&mut parser)), ["event Half <Event: Half>"]);
}

#[test]
fn what_is_known_of_a_frame_that_is_being_thrown_away_outlives_a_quiet_moment() {
    let mut parser = Parser::new(SMALL_FRAMES);
    parser.feed(b"Response: Success\r\nActionID: long:1\r\nOutput: ");
    parser.feed(&[b'x'; 500]);
    assert!(parser.next().is_none());
    parser.shrink_if_idle();
    parser.feed(b"\r\n\r\n");
    assert_eq!(shown(&drain(&mut parser)), ["oversized 545 Some(Response) Some(\"long:1\")"]);
}

#[test]
fn a_parser_shows_sizes_and_no_content() {
    let text = format!("{:?}", fed(b"Response: Success\r\nPassword: hush\r\n"));
    assert!(text.contains("buffered: 35") && !text.contains("hush"), "{text}");
}
