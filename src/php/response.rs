//! `AmiResponse`: what a server answered.

use super::class::{self, Native, Reply, native_class};
use super::exceptions::{Class, Exception};
use super::message::{self, Shows};
use super::zend::{self, Lazy, SharedString, Slot};
use ami_core::protocol::{Frame, FrameKind, FrameRef, command};
use ami_core::time::UnixMicros;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};

/// A response. Its PHP strings are made when they are asked for.
#[derive(Debug)]
pub(crate) struct AmiResponse(Frame);

native_class!(AmiResponse, "Apn\\AmiClient\\AmiResponse", made by the extension only, implements &[]);

impl AmiResponse {
    /// The PHP object of a response.
    pub(crate) fn object(frame: Frame, server_key: &SharedString, received: UnixMicros) -> Zval {
        message::object(Self(frame), server_key, received)
    }

    /// What the `Message` header of a response object says.
    pub(crate) fn message_of(object: &Zval) -> Option<Vec<u8>> {
        let this = ZendClassObject::<Self>::from_zend_obj(object.object()?)?;
        this.0.as_ref().header(b"Message").map(<[u8]>::to_vec)
    }

    pub(crate) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let public = MethodFlags::Public;
        let mut methods = message::methods::<Self>();
        methods.extend([
            (FunctionBuilder::new("isSuccess", is_success).returns(DataType::Bool, false, false), public),
            (FunctionBuilder::new("message", text).returns(DataType::String, false, true), public),
            (FunctionBuilder::new("actionId", action_id).returns(DataType::String, false, true), public),
            (FunctionBuilder::new("output", output).returns(DataType::Array, false, false), public),
            (
                FunctionBuilder::new("fromRaw", from_raw)
                    .arg(Arg::new("serverKey", DataType::String))
                    .arg(Arg::new("frame", DataType::String))
                    .not_required()
                    .arg(Arg::new("receivedAt", DataType::Double).default("0.0"))
                    .returns(DataType::object("Apn\\AmiClient\\AmiResponse"), false, false),
                public | MethodFlags::Static,
            ),
        ]);
        methods
    }
}

impl Native for AmiResponse {
    fn finish(class: &mut ClassEntry) {
        zend::make_lazy::<Self>(class);
    }
}

impl Lazy for AmiResponse {
    const SLOTS: &'static [(&'static str, Slot)] =
        &[("status", Slot::String), message::SERVER_KEY, message::RECEIVED_AT, message::HEADERS];

    fn make(&self, _place: usize) -> Zval {
        message::headers(self.0.as_ref())
    }
}

impl Shows for AmiResponse {
    fn frame(&self) -> FrameRef<'_> {
        self.0.as_ref()
    }
}

extern "C" fn is_success(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiResponse>(ex, returned, 0, |this, _| {
        Ok(Reply::Value(class::zval(!this.0.as_ref().name().eq_ignore_ascii_case(b"Error"))))
    });
}

extern "C" fn text(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiResponse>(ex, returned, 0, |this, _| {
        Ok(Reply::Value(this.0.as_ref().header(b"Message").map_or_else(Zval::null, zend::string)))
    });
}

extern "C" fn action_id(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiResponse>(ex, returned, 0, |this, _| {
        Ok(Reply::Value(this.0.as_ref().header(b"ActionID").map_or_else(Zval::null, zend::string)))
    });
}

extern "C" fn output(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiResponse>(ex, returned, 0, |this, _| {
        Ok(Reply::Value(zend::list(command::output(this.0.as_ref()))))
    });
}

extern "C" fn from_raw(ex: &mut ExecuteData, returned: &mut Zval) {
    class::static_method(ex, returned, 2, 3, |arguments| {
        let server_key = SharedString::new(class::bytes(arguments, 0, "serverKey")?);
        let text = class::bytes(arguments, 1, "frame")?;
        let received = message::micros(class::float(arguments, 2, "receivedAt")?);
        match message::parse(text) {
            Some(frame) if frame.as_ref().kind() == FrameKind::Response => {
                Ok(AmiResponse::object(frame, &server_key, received))
            }
            _ => Err(Exception::new(Class::InvalidConfiguration, "frame: no line starts with \"Response:\"")
                .key_value("frame", class::argument(arguments, 1), None)
                .into()),
        }
    });
}
