//! `AmiEvent`: what happened on a server.

use super::class::{Native, native_class};
use super::message::{self, Shows};
use super::zend::{self, Lazy, SharedString, Slot};
use ami_core::protocol::{Frame, FrameKind, FrameRef};
use ami_core::time::UnixMicros;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::flags::MethodFlags;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::ClassEntry;

/// An event. Its PHP strings are made when they are asked for.
#[derive(Debug)]
pub(crate) struct AmiEvent(Frame);

native_class!(AmiEvent, "Apn\\AmiClient\\AmiEvent", made by the extension only, implements & [message::IMPLEMENTED]);

impl AmiEvent {
    /// The PHP object of an event.
    pub(crate) fn object(frame: Frame, server_key: &SharedString, received: UnixMicros) -> Zval {
        message::object(Self(frame), server_key, received)
    }

    pub(crate) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        message::methods::<Self>()
    }
}

impl Native for AmiEvent {
    fn finish(class: &mut ClassEntry) {
        zend::make_lazy::<Self>(class);
        zend::show_in_dumps::<Self>();
    }
}

impl zend::Dumped for AmiEvent {
    fn dump(&self, object: &ZendObject) -> Vec<(&'static str, Zval)> {
        message::dump(self, object)
    }
}

impl Lazy for AmiEvent {
    const SLOTS: &'static [(&'static str, Slot)] =
        &[("name", Slot::String), message::SERVER_KEY, message::RECEIVED_AT, message::HEADERS];

    fn make(&self, _place: usize) -> Zval {
        message::headers(self.0.as_ref())
    }
}

impl Shows for AmiEvent {
    const KIND: (FrameKind, &'static str) = (FrameKind::Event, "Event:");

    fn of(frame: Frame) -> Self {
        Self(frame)
    }

    fn frame(&self) -> FrameRef<'_> {
        self.0.as_ref()
    }
}
