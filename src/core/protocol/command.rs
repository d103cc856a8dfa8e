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
