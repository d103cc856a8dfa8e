//! Reads what a client sends, with the limits and the oddities of the real server (tried on 16.28 and 22.10).

/// Longest line with its line end that a server takes, in bytes.
pub(crate) const LINE_LIMIT: usize = 1024;
/// Most headers of one action, Action and `ActionID` counted.
pub(crate) const HEADER_LIMIT: usize = 128;

/// One action: its lines without line ends, in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    lines: Vec<Vec<u8>>,
}

impl Request {
    /// First header with that name, any case. A leading blank before the name hides the header, as on a real server.
    pub(crate) fn header(&self, name: &str) -> Option<&[u8]> {
        self.lines.iter().find_map(|line| value(line, name))
    }

    /// As [`header`](Self::header), but an empty value counts as absent.
    pub(crate) fn given(&self, name: &str) -> Option<&[u8]> {
        self.header(name).filter(|value| !value.is_empty())
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.given(name).map(|value| String::from_utf8_lossy(value).into_owned())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.lines.iter().filter_map(move |line| value(line, name))
    }

    pub(crate) fn action_id(&self) -> Option<&[u8]> {
        self.given("ActionID")
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.lines.iter().map(Vec::as_slice)
    }

    fn push(&mut self, line: &[u8]) {
        self.lines.push(line.to_vec());
    }
}

/// The value of a line if its key is `name`.
fn value<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (key, rest) = line.split_at_checked(name.len())?;
    let value = rest.strip_prefix(b":")?;
    key.eq_ignore_ascii_case(name.as_bytes()).then(|| value.trim_ascii_start())
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Request(Request),
    /// Answered with this message; the `ActionID` is in the request if it came within the limits.
    Refused(Request, &'static str),
}

/// Cuts a stream of bytes into requests.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    buffer: Vec<u8>,
    start: usize,
    /// Bytes behind `start` that were already searched for a line end.
    searched: usize,
    request: Request,
    refused: Option<&'static str>,
}

impl Reader {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 && self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
        } else if self.start > 64 * 1024 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    #[cfg(test)]
    fn buffered(&self) -> usize {
        self.buffer.len() - self.start
    }

    pub(crate) fn next(&mut self) -> Option<Input> {
        loop {
            let rest = self.buffer.get(self.start..).unwrap_or_default();
            let window = rest.get(..rest.len().min(LINE_LIMIT)).unwrap_or_default();
            let unseen = window.get(self.searched..).unwrap_or_default();
            let Some(at) = unseen.iter().position(|&byte| byte == b'\n').map(|at| at + self.searched) else {
                self.searched = window.len();
                if window.len() < LINE_LIMIT {
                    return None;
                }
                // The server drops a full buffer but for its last byte, which might be the CR of a CRLF. That is why a
                // line of exactly 1,025 bytes gets two answers: its CRLF remains and reads as a blank line.
                self.refused = Some("Failed to parse message: line too long");
                self.start += LINE_LIMIT - 1;
                self.searched = 1;
                continue;
            };
            let line = window.get(..at).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // A NUL ends the value, as it does in C.
            let line = line.split(|&byte| byte == 0).next().unwrap_or_default();
            let blank = line.is_empty();
            if !blank {
                if self.request.lines.len() < HEADER_LIMIT {
                    self.request.push(line);
                } else if self.refused.is_none() {
                    self.refused = Some("Too many lines in message or allocation failure");
                }
            }
            self.start += at + 1;
            self.searched = 0;
            if blank {
                let request = std::mem::take(&mut self.request);
                return Some(match self.refused.take() {
                    Some(message) => Input::Refused(request, message),
                    None => Input::Request(request),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use super::*;

    fn inputs(bytes: &[u8]) -> Vec<Input> {
        let mut reader = Reader::default();
        reader.push(bytes);
        std::iter::from_fn(|| reader.next()).collect()
    }

    /// An action whose last line is `length` bytes long with its CRLF.
    fn with_line(length: usize) -> Vec<u8> {
        format!("Action: Ping\r\nActionID: x\r\n{}\r\n\r\n", "y".repeat(length - 2)).into_bytes()
    }

    #[test]
    fn an_action_may_come_byte_by_byte() {
        let mut reader = Reader::default();
        let mut seen = Vec::new();
        for byte in b"Action: Ping\r\nActionID: 1\r\n\r\nAction: P" {
            reader.push(&[*byte]);
            seen.extend(reader.next());
        }
        assert_eq!(seen.len(), 1);
        assert_eq!(reader.buffered(), "Action: P".len());
    }

    #[test]
    fn header_names_ignore_case_and_values_lose_leading_blanks_only() {
        let inputs = inputs(b"action:   Ping \r\nActionID: \r\n\r\n");
        let Some(Input::Request(request)) = inputs.first() else { panic!("not a request: {inputs:?}") };
        assert_eq!(request.header("Action"), Some(&b"Ping "[..]));
        assert_eq!(request.action_id(), None);
    }

    #[test]
    fn the_longest_line_is_1024_bytes_with_its_line_end() {
        assert!(matches!(inputs(&with_line(1024)).as_slice(), [Input::Request(_)]));
        assert!(matches!(inputs(&with_line(1026)).as_slice(), [Input::Refused(..)]));
        assert!(matches!(inputs(&with_line(10_000)).as_slice(), [Input::Refused(..)]));
    }

    #[test]
    fn a_line_of_1025_or_2048_bytes_is_answered_twice() {
        for length in [1025, 2048] {
            let inputs = inputs(&with_line(length));
            let [Input::Refused(request, _), Input::Request(empty)] = inputs.as_slice() else { panic!("{inputs:?}") };
            assert_eq!(request.action_id(), Some(&b"x"[..]));
            assert_eq!(empty, &Request::default());
        }
    }

    #[test]
    fn headers_past_128_are_refused_and_their_action_id_is_lost() {
        let many = "H: v\r\n".repeat(128);
        let inputs = inputs(format!("{many}ActionID: late\r\n\r\n").as_bytes());
        let [Input::Refused(request, message)] = inputs.as_slice() else { panic!("{inputs:?}") };
        assert_eq!(request.action_id(), None);
        assert!(message.starts_with("Too many lines"));
    }

    #[test]
    fn a_bare_line_feed_ends_a_line_and_a_lone_carriage_return_does_not() {
        let inputs = inputs(b"Action: Ping\nX: a\rb\n\n");
        let [Input::Request(request)] = inputs.as_slice() else { panic!("{inputs:?}") };
        assert_eq!(request.header("X"), Some(&b"a\rb"[..]));
    }

    #[test]
    fn a_nul_cuts_its_line() {
        let inputs = inputs(b"Action: Ping\r\nX: a\0b\r\n\r\n");
        let [Input::Request(request)] = inputs.as_slice() else { panic!("{inputs:?}") };
        assert_eq!(request.header("X"), Some(&b"a"[..]));
    }
}
