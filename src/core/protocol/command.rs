//! The output of a command, in both shapes that Asterisk has had.
//!
//! From 14 on every line is an `Output:` header. Before, the response was `Response: Follows` with the
//! raw output behind the headers, up to `--END COMMAND--`.

use super::message::{FrameRef, Headers};
use super::scan::{END_COMMAND, Lines};

/// The lines that a command printed, empty for a frame that answers no command.
pub fn output(frame: FrameRef<'_>) -> CommandOutput<'_> {
    if frame.is_follows() {
        let (_, raw) = frame.split_follows();
        CommandOutput(Shape::Raw(Lines::new(raw.strip_suffix(END_COMMAND).unwrap_or(raw))))
    } else {
        CommandOutput(Shape::Headers(frame.headers()))
    }
}

/// An iterator over a command's output, line by line and without line ends; made by [`output`].
#[derive(Debug, Clone)]
pub struct CommandOutput<'a>(Shape<'a>);

#[derive(Debug, Clone)]
enum Shape<'a> {
    Headers(Headers<'a>),
    Raw(Lines<'a>),
}

impl CommandOutput<'_> {
    /// The bytes in the lines that are still to come, one more for each line's end: what the limit of a
    /// command's output is compared with. Goes through the lines.
    pub fn total_len(&self) -> usize {
        self.clone().map(|line| line.len() + 1).sum()
    }
}

impl<'a> Iterator for CommandOutput<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        match &mut self.0 {
            Shape::Headers(headers) => {
                headers.find(|(key, _)| key.eq_ignore_ascii_case(b"Output")).map(|(_, value)| value)
            }
            Shape::Raw(lines) => lines.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    fn lines(bytes: &[u8]) -> Vec<String> {
        let frame = FrameRef::from_bytes(bytes).expect("a frame");
        output(frame).map(|line| line.escape_ascii().to_string()).collect()
    }

    #[test]
    fn output_headers_are_the_lines_with_their_indentation_and_empty_ones() {
        let bytes = b"Response: Success\r\nActionID: 1\r\nMessage: Command output follows\r\nOutput: a\r\nOutput: \r\nOutput:   b: c\r\noutput:";
        assert_eq!(lines(bytes), ["a", "", "  b: c", ""]);
    }

    #[test]
    fn a_refused_command_has_output_too() {
        let bytes = b"Response: Error\r\nActionID: 1\r\nMessage: Command output follows\r\nOutput: No such command";
        assert_eq!(lines(bytes), ["No such command"]);
    }

    #[test]
    fn raw_output_is_what_stands_between_the_headers_and_the_marker() {
        let bytes =
            b"Response: Follows\r\nPrivilege: Command\r\nActionID: 1\r\nName: a\n\n  two\r\nlast\n--END COMMAND--";
        assert_eq!(lines(bytes), ["Name: a", "", "  two", "last"]);
    }

    #[test]
    fn raw_output_that_looks_like_headers_is_output() {
        let bytes = b"Response: Follows\r\nPrivilege: Command\r\nActionID: x\nPrivilege: y\n--END COMMAND--";
        assert_eq!(lines(bytes), ["ActionID: x", "Privilege: y"]);
        let twice = b"Response: Follows\nPrivilege: Command\nPrivilege: y\n--END COMMAND--";
        assert_eq!(lines(twice), ["Privilege: y"]);
    }

    #[test]
    fn raw_output_may_lack_its_last_line_end_its_marker_or_everything() {
        assert_eq!(lines(b"Response: Follows\r\nPrivilege: Command\r\nabc--END COMMAND--"), ["abc"]);
        assert_eq!(lines(b"Response: Follows\r\nPrivilege: Command\r\nabc"), ["abc"]);
        assert_eq!(lines(b"Response: Follows\r\nPrivilege: Command\r\n--END COMMAND--"), Vec::<String>::new());
        assert_eq!(lines(b"Response: Follows"), Vec::<String>::new());
    }

    #[test]
    fn the_length_counts_each_line_with_its_end() {
        let frame =
            FrameRef::from_bytes(b"Response: Success\r\nOutput: abc\r\nOutput: \r\nOutput: d").expect("a frame");
        let mut output = output(frame);
        assert_eq!(output.total_len(), 7);
        output.next();
        assert_eq!(output.total_len(), 3);
    }

    #[test]
    fn a_frame_that_answers_no_command_has_no_output() {
        assert_eq!(lines(b"Event: Hangup\r\nCause: 16"), Vec::<String>::new());
    }
}
