//! `AmiResponse`: what a server answered.

use super::class::{self, Native, Reply, native_class};
use super::message::{self, Shows};
use super::zend::{self, Lazy, SharedString, Slot};
use ami_core::protocol::{Frame, FrameKind, FrameRef, command};
use ami_core::time::UnixMicros;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};

/// A response. Its PHP strings are made when they are asked for.
#[derive(Debug)]
pub(crate) struct AmiResponse(Frame);

native_class!(AmiResponse, "Apn\\AmiClient\\AmiResponse", made by the extension only, implements & [message::IMPLEMENTED]);

impl AmiResponse {
    /// The PHP object of a response.
    pub(crate) fn object(frame: Frame, server_key: &SharedString, received: UnixMicros) -> Zval {
        message::object(Self(frame), server_key, received)
    }

    /// What an error response says: the `Message` header. That of a failed command says only that its output follows, and the
    /// first line of that says what is wrong.
    pub(crate) fn error_of(object: &Zval) -> Option<Vec<u8>> {
        let frame = ZendClassObject::<Self>::from_zend_obj(object.object()?)?.0.as_ref();
        let printed = command::output(frame).find(|line| !line.is_empty());
        printed.or_else(|| frame.header(b"Message")).map(<[u8]>::to_vec)
    }

    pub(crate) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let public = MethodFlags::Public;
        let mut methods = message::methods::<Self>();
        methods.extend([
            (FunctionBuilder::new("isSuccess", is_success).returns(DataType::Bool, false, false), public),
            (FunctionBuilder::new("message", text).returns(DataType::String, false, true), public),
            (FunctionBuilder::new("actionId", action_id).returns(DataType::String, false, true), public),
            (FunctionBuilder::new("output", output).returns(DataType::Array, false, false), public),
        ]);
        methods
    }
}

impl Native for AmiResponse {
    fn finish(class: &mut ClassEntry) {
        zend::make_lazy::<Self>(class);
        zend::show_in_dumps::<Self>();
    }
}

impl zend::Dumped for AmiResponse {
    fn dump(&self, object: &ZendObject) -> Vec<(&'static str, Zval)> {
        message::dump(self, object)
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
    const KIND: (FrameKind, &'static str) = (FrameKind::Response, "Response:");

    fn of(frame: Frame) -> Self {
        Self(frame)
    }

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
