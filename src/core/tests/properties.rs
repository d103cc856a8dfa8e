//! What holds for any input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::protocol::{Action, FrameRef, Item, Parser, ParserLimits, command};
use common::{Seen, read, read_all};
use proptest::collection::vec;
use proptest::prelude::*;

/// Bytes made of the pieces that matter to the parser, so that random input reaches its branches.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            b"\r\n".as_slice(), b"\n", b"\r", b"\r\n\r\n", b"\n\n", b"\n\r\n\r\n", b"Event: ", b"Response: ", b"event:", b"Response: Follows\r\n",
            b"--END COMMAND--", b"--END COMMAND--\r\n\r\n", b"ActionID: 1", b"ActionID:", b"Privilege: Command", b"Output: x",
            b"Asterisk Call Manager/1.0\r\n", b"Asterisk Call", b": ", b" ", b"\t", b"X: y\r\n", b"\0", b"\xff",
        ]).prop_map(<[u8]>::to_vec),
        2 => vec(any::<u8>(), 0..40),
        1 => (any::<u8>(), 0..300usize).prop_map(|(byte, len)| vec![byte; len]),
    ];
    vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn limits() -> impl Strategy<Value = ParserLimits> {
    (prop_oneof![0..200usize, Just(65_536), Just(1024 * 1024)], 0..10_000usize)
        .prop_map(|(max_frame_size, buffer_limit)| ParserLimits { max_frame_size, buffer_limit })
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(prop_oneof![3 => 1..20usize, 1 => 1..5000usize], 1..10)
}

/// A value that may be sent: neither CR, LF nor NUL.
fn value(len: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>().prop_map(|byte| if matches!(byte, b'\r' | b'\n' | 0) { b'x' } else { byte }), 0..len)
}

/// The lines of a message as servers of either kind send it: no line end and no carriage return within a line.
fn message() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let line = prop_oneof![
        3 => ("[A-Za-z]{1,8}", value(30)).prop_map(|(key, value)| [key.as_bytes(), b": ", &value].concat()),
        1 => value(30).prop_filter("a blank line is a delimiter", |line| !line.is_empty()),
    ];
    // `Follows` ends elsewhere, and no message starts like a banner.
    let first = prop::sample::select(vec!["Event: A", "Response: Success", "event:B", "Response : Error", "noise"]);
    (first, vec(line, 0..8)).prop_map(|(first, lines)| {
        core::iter::once(first.into()).chain(lines).filter(|line| !line.starts_with(b"Response: F")).collect()
    })
}

/// What is read where `Response: Follows` is expected at first, and no more or again from each of these places on.
fn read_toggled(limits: ParserLimits, bytes: &[u8], sizes: &[usize], toggles: &[usize]) -> (Vec<Seen>, usize) {
    let mut parser = Parser::new(limits);
    let (mut items, mut expected, mut at) = (Vec::new(), true, 0);
    let mut sizes = sizes.iter().cycle();
    while at < bytes.len() {
        if toggles.contains(&at) {
            expected = !expected;
            parser.expect_follows(expected);
        }
        let stop = toggles.iter().copied().filter(|toggle| *toggle > at).min().unwrap_or(bytes.len()).min(bytes.len());
        let end = at.saturating_add(*sizes.next().unwrap()).min(stop);
        at += parser.feed(&bytes[at..end]);
        while let Some(item) = parser.next() {
            items.push(Seen::new(item));
        }
    }
    (items, parser.buffered())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_items_of_a_stream_do_not_depend_on_how_it_is_cut(bytes in stream(), limits in limits(), sizes in sizes()) {
        prop_assert_eq!(read_all(limits, &bytes, &[usize::MAX]), read_all(limits, &bytes, &sizes));
    }

    #[test]
    fn neither_do_they_where_commands_come_and_go(bytes in stream(), limits in limits(), sizes in sizes(), toggles in vec(0..2000usize, 0..6)) {
        prop_assert_eq!(read_toggled(limits, &bytes, &[usize::MAX], &toggles), read_toggled(limits, &bytes, &sizes, &toggles));
    }

    #[test]
    fn the_line_end_that_a_server_uses_changes_no_message(messages in vec(message(), 0..12), sizes in sizes()) {
        let [crlf, lf] = ["\r\n", "\n"].map(|end| {
            let mut bytes = format!("Asterisk Call Manager/11.0.0{end}").into_bytes();
            for lines in &messages {
                for line in lines {
                    bytes.extend_from_slice(line);
                    bytes.extend_from_slice(end.as_bytes());
                }
                bytes.extend_from_slice(end.as_bytes());
            }
            let (items, left) = read_all(ParserLimits::default(), &bytes, &sizes);
            assert_eq!(left, 0);
            // All but the bytes, which hold the line ends.
            items.into_iter().map(|item| match item {
                Seen::Frame { kind, name, action_id, headers, .. } => (format!("{kind:?}"), name, action_id, headers),
                Seen::Garbage(block) => ("garbage".into(), block.into_iter().filter(|byte| *byte != b'\r').collect(), None, vec![]),
                other => (format!("{other:?}"), vec![], None, vec![]),
            }).collect::<Vec<_>>()
        });
        prop_assert_eq!(crlf.len(), messages.len() + 1);
        prop_assert_eq!(crlf, lf);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic_and_within_the_memory_limit(bytes in vec(any::<u8>(), 0..3000), limits in limits(), sizes in sizes()) {
        // `read` checks the memory after each piece.
        read(limits, &bytes, &sizes, |item| {
            if let Item::Frame(frame) = item {
                let _ = (frame.action_id(), frame.header(b"X"), command::output(frame).total_len());
            }
        });
    }

    #[test]
    fn no_frame_is_longer_than_the_limit_and_no_item_holds_its_delimiter(bytes in stream(), limits in limits()) {
        for item in read_all(limits, &bytes, &[usize::MAX]).0 {
            match item {
                Seen::Frame { bytes, name, .. } => {
                    prop_assert!(bytes.len() <= limits.max_frame_size);
                    prop_assert!(name.eq_ignore_ascii_case(b"Follows") || !bytes.windows(4).any(|four| four == b"\r\n\r\n"));
                }
                Seen::Garbage(block) => prop_assert!(!block.is_empty() && block.len() <= limits.max_frame_size),
                Seen::Oversized { bytes, .. } => prop_assert!(bytes > limits.max_frame_size as u64),
                Seen::Banner(line) => prop_assert!(line.starts_with(b"Asterisk Call Manager")),
            }
        }
    }

    #[test]
    fn a_look_up_finds_what_going_through_the_headers_finds(bytes in stream()) {
        for item in read_all(ParserLimits::default(), &bytes, &[usize::MAX]).0 {
            let Seen::Frame { bytes, headers, name, kind, .. } = item else { continue };
            let frame = FrameRef::from_bytes(&bytes).unwrap();
            for (key, _) in &headers {
                let first = headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_slice());
                prop_assert_eq!(frame.header(key), first);
                prop_assert_eq!(frame.header(&key.to_ascii_uppercase()), first);
            }
            let id = headers.iter().find(|(key, _)| key == b"ActionID").map(|(_, value)| value.as_slice());
            // A blank before the colon is read by `header` alone.
            if !bytes.windows(9).any(|nine| nine == b"ActionID " || nine == b"ActionID\t") {
                prop_assert_eq!(frame.action_id(), id);
            }
            let copy = frame.to_frame();
            prop_assert_eq!((copy.as_ref().kind(), copy.as_ref().name(), copy.as_ref().bytes()), (kind, &name[..], &bytes[..]));
        }
    }

    #[test]
    fn what_is_serialised_is_parsed_to_the_same(
        name in "[A-Za-z]{1,30}",
        action_id in value(64),
        headers in vec(("[A-Za-z][A-Za-z0-9 ()-]{0,20}[a-z]", value(200)), 0..30),
        sizes in sizes(),
    ) {
        let reserved = |key: &str| key.eq_ignore_ascii_case("ActionID") || key.eq_ignore_ascii_case("Action");
        let headers: Vec<_> = headers.into_iter().filter(|(key, _)| !reserved(key)).collect();
        let mut action = Action::new(name.clone()).unwrap();
        for (key, value) in &headers {
            action = action.with_header(key.clone(), value.clone()).unwrap();
        }
        let mut wire = b"Event: Wrapped\r\n".to_vec();
        action.serialize(&action_id, &mut wire).unwrap();

        let (items, left) = read_all(ParserLimits::default(), &wire, &sizes);
        prop_assert_eq!((items.len(), left), (1, 0));
        let Seen::Frame { headers: found, action_id: id, .. } = &items[0] else { panic!("{items:?}") };
        prop_assert_eq!(id.as_deref(), Some(action_id.as_slice()));
        let mut expected = vec![
            (b"Event".to_vec(), b"Wrapped".to_vec()),
            (b"Action".to_vec(), name.into_bytes()),
            (b"ActionID".to_vec(), action_id),
        ];
        // Blanks before a value are nothing to Asterisk.
        let read = |value: &[u8]| value.iter().copied().skip_while(|byte| matches!(byte, b' ' | b'\t')).collect();
        expected.extend(headers.into_iter().map(|(key, value)| (key.into_bytes(), read(&value))));
        prop_assert_eq!(found, &expected);
    }

    #[test]
    fn an_action_is_refused_or_safe_to_send(name in vec(any::<u8>(), 0..20), key in vec(any::<u8>(), 0..20), value in vec(any::<u8>(), 0..1100), id in vec(any::<u8>(), 0..20)) {
        let mut wire = Vec::new();
        let sent = Action::new(name).and_then(|action| action.with_header(key, value)).and_then(|action| action.serialize(&id, &mut wire));
        if sent.is_ok() {
            prop_assert!(wire.ends_with(b"\r\n\r\n") && !wire.contains(&0));
            let lines: Vec<_> = wire.split(|byte| *byte == b'\n').collect();
            prop_assert_eq!(lines.len(), 5);
            prop_assert!(lines.iter().all(|line| line.len() < 1024));
            prop_assert_eq!(wire.split(|byte| *byte == b'\r').count(), 5);
        } else {
            prop_assert!(wire.is_empty());
        }
    }
}
