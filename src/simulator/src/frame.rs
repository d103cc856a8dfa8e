//! Writes frames: headers, the blank line at the end, and the few answers that every action shares.

use std::fmt::Display;
use std::io::Write as _;

/// A frame that is being written. Nothing is checked: a simulator must be able to send nonsense.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    out: &'a mut Vec<u8>,
}

impl<'a> Frame<'a> {
    pub(crate) fn response(out: &'a mut Vec<u8>, status: &str, action_id: Option<&[u8]>) -> Self {
        let mut frame = Self { out };
        frame.put("Response", status);
        frame.action_id(action_id);
        frame
    }

    /// Headers without the first one.
    pub(crate) const fn bare(out: &'a mut Vec<u8>) -> Self {
        Self { out }
    }

    /// An event without a `Privilege`, which is how list items look.
    pub(crate) fn item(out: &'a mut Vec<u8>, name: &str) -> Self {
        let mut frame = Self { out };
        frame.put("Event", name);
        frame
    }

    pub(crate) fn put(&mut self, key: &str, value: impl AsRef<[u8]>) -> &mut Self {
        self.prefixed("", key, value)
    }

    /// A header whose key has a prefix, as in `DestChannel`.
    pub(crate) fn prefixed(&mut self, prefix: &str, key: &str, value: impl AsRef<[u8]>) -> &mut Self {
        self.out.extend_from_slice(prefix.as_bytes());
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b": ");
        self.out.extend_from_slice(value.as_ref());
        self.out.extend_from_slice(b"\r\n");
        self
    }

    pub(crate) fn show(&mut self, key: &str, value: impl Display) -> &mut Self {
        // Writing to a Vec cannot fail.
        let _ = write!(self.out, "{key}: {value}\r\n");
        self
    }

    pub(crate) fn action_id(&mut self, action_id: Option<&[u8]>) -> &mut Self {
        if let Some(id) = action_id {
            self.put("ActionID", id);
        }
        self
    }

    /// A line as it is, with its line end added.
    pub(crate) fn line(&mut self, line: &[u8]) -> &mut Self {
        self.out.extend_from_slice(line);
        self.out.extend_from_slice(b"\r\n");
        self
    }

    pub(crate) fn end(&mut self) {
        self.out.extend_from_slice(b"\r\n");
    }
}

pub(crate) fn success(out: &mut Vec<u8>, action_id: Option<&[u8]>, message: &str) {
    Frame::response(out, "Success", action_id).put("Message", message).end();
}

pub(crate) fn error(out: &mut Vec<u8>, action_id: Option<&[u8]>, message: &str) {
    Frame::response(out, "Error", action_id).put("Message", message).end();
}

pub(crate) fn list_start(out: &mut Vec<u8>, action_id: Option<&[u8]>, message: &str) {
    Frame::response(out, "Success", action_id).put("EventList", "start").put("Message", message).end();
}

/// The end of a list; `extra` is a header that some lists add after `ListItems`.
pub(crate) fn list_end(
    out: &mut Vec<u8>,
    action_id: Option<&[u8]>,
    event: &str,
    items: usize,
    extra: Option<(&str, usize)>,
) {
    let mut frame = Frame::item(out, event);
    frame.action_id(action_id).put("EventList", "Complete").show("ListItems", items);
    if let Some((key, value)) = extra {
        frame.show(key, value);
    }
    frame.end();
}
