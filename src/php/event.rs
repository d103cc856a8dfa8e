//! `AmiEvent`: what happened on a server.

use super::class::{self, Native, native_class};
use super::exceptions::{Class, Exception};
use super::message::{self, Shows};
use super::zend::{self, Lazy, SharedString, Slot};
use ami_core::protocol::{Frame, FrameKind, FrameRef};
use ami_core::time::UnixMicros;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData};

/// An event. Its PHP strings are made when they are asked for.
#[derive(Debug)]
pub(crate) struct AmiEvent(Frame);

native_class!(AmiEvent, "Apn\\AmiClient\\AmiEvent", made by the extension only, implements &[]);

impl AmiEvent {
    /// The PHP object of an event.
    pub(crate) fn object(frame: Frame, server_key: &SharedString, received: UnixMicros) -> Zval {
        message::object(Self(frame), server_key, received)
    }

    pub(crate) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let mut methods = message::methods::<Self>();
        let from_raw = FunctionBuilder::new("fromRaw", from_raw)
            .arg(Arg::new("serverKey", DataType::String))
            .arg(Arg::new("frame", DataType::String))
            .not_required()
            .arg(Arg::new("receivedAt", DataType::Double).default("0.0"))
            .returns(DataType::object("Apn\\AmiClient\\AmiEvent"), false, false);
        methods.push((from_raw, MethodFlags::Public | MethodFlags::Static));
        methods
    }
}

impl Native for AmiEvent {
    fn finish(class: &mut ClassEntry) {
        zend::make_lazy::<Self>(class);
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
    fn frame(&self) -> FrameRef<'_> {
        self.0.as_ref()
    }
}

extern "C" fn from_raw(ex: &mut ExecuteData, returned: &mut Zval) {
    class::static_method(ex, returned, 2, 3, |arguments| {
        let server_key = SharedString::new(class::bytes(arguments, 0, "serverKey")?);
        let text = class::bytes(arguments, 1, "frame")?;
        let received = message::micros(class::float(arguments, 2, "receivedAt")?);
        match message::parse(text) {
            Some(frame) if frame.as_ref().kind() == FrameKind::Event => {
                Ok(AmiEvent::object(frame, &server_key, received))
            }
            _ => Err(Exception::new(Class::InvalidConfiguration, "frame: no line starts with \"Event:\"")
                .key_value("frame", class::argument(arguments, 1), None)
                .into()),
        }
    });
}
