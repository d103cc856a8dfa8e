//! `AmiMessage`: what events and responses have in common: a frame, the server it came from, and when it was read.

use super::class::{self, Reply};
use super::event::AmiEvent;
use super::exceptions::{Class, Exception};
use super::response::AmiResponse;
use super::zend::{self, ClassSlot, Lazy, Names, SharedString, Slot};
use ami_core::protocol::{Frame, FrameKind, FrameRef};
use ami_core::redact::Redactor;
use ami_core::time::UnixMicros;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::ClassEntryInfo;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use std::cell::Cell;
use std::sync::Mutex;
use std::thread::LocalKey;

thread_local! {
    static HEADER_NAMES: Cache = const { Cache::new(&SPARE_HEADER_NAMES) };
    static FIRST_VALUES: Cache = const { Cache::new(&SPARE_FIRST_VALUES) };
}

// PHP values of other threads may refer to what a thread leaves behind, so that it cannot be freed: the next thread takes it. There
// are as many as there were threads at once.
static SPARE_HEADER_NAMES: Spare = Mutex::new(Vec::new());
static SPARE_FIRST_VALUES: Spare = Mutex::new(Vec::new());

type Spare = Mutex<Vec<Box<Names>>>;

/// The names that this thread knows.
struct Cache {
    names: Cell<Option<Box<Names>>>,
    spare: &'static Spare,
}

impl Cache {
    const fn new(spare: &'static Spare) -> Self {
        Self { names: Cell::new(None), spare }
    }

    fn take(&self) -> Option<Box<Names>> {
        // Nobody waits for the lock: the child of a fork may find it held for ever.
        self.names.take().or_else(|| self.spare.try_lock().ok()?.pop())
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        if let (Some(names), Ok(mut spare)) = (self.names.take(), self.spare.lock()) {
            spare.push(names);
        }
    }
}

/// Name of the interface.
pub(crate) const AMI_MESSAGE: &str = "Apn\\AmiClient\\AmiMessage";

/// For the classes that implement it.
pub(crate) const IMPLEMENTED: ClassEntryInfo = (interface, AMI_MESSAGE);

static INTERFACE: ClassSlot = ClassSlot::new();

/// Declares the interface, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    let key = || Arg::new("key", DataType::String);
    let builder = [
        FunctionBuilder::new_abstract("get").arg(key()).returns(DataType::String, false, true),
        FunctionBuilder::new_abstract("all").arg(key()).returns(DataType::Array, false, false),
        FunctionBuilder::new_abstract("has").arg(key()).returns(DataType::Bool, false, false),
        FunctionBuilder::new_abstract("raw").returns(DataType::String, false, false),
    ]
    .into_iter()
    .fold(ClassBuilder::new(AMI_MESSAGE).flags(ClassFlags::Interface), |builder, method| {
        builder.method(method, MethodFlags::Public)
    });
    INTERFACE.set(zend::register(builder)?);
    Ok(())
}

/// The interface.
pub(crate) fn interface() -> &'static ClassEntry {
    INTERFACE.entry()
}

/// The PHP object of a frame.
pub(crate) fn of_frame(frame: Frame, server_key: &SharedString, received: UnixMicros) -> Zval {
    match frame.as_ref().kind() {
        FrameKind::Event => AmiEvent::object(frame, server_key, received),
        FrameKind::Response => AmiResponse::object(frame, server_key, received),
    }
}

/// The frame that a PHP object shows, if it is one of ours.
pub(crate) fn frame_of(message: &Zval) -> Option<FrameRef<'_>> {
    let object = message.dereference().object()?;
    let event = ZendClassObject::<AmiEvent>::from_zend_obj(object).map(|event| event.frame());
    event.or_else(|| ZendClassObject::<AmiResponse>::from_zend_obj(object).map(|response| response.frame()))
}

/// A class that shows a frame: its first property is the event's name or the response's status.
pub(crate) trait Shows: Lazy {
    /// What its frames are, and how the line that says so begins.
    const KIND: (FrameKind, &'static str);

    fn of(frame: Frame) -> Self;
    fn frame(&self) -> FrameRef<'_>;
}

/// The properties behind the first one.
pub(crate) const SERVER_KEY: (&str, Slot) = ("serverKey", Slot::String);
pub(crate) const RECEIVED_AT: (&str, Slot) = ("receivedAt", Slot::Float);
pub(crate) const HEADERS: (&str, Slot) = ("headers", Slot::Array);

/// The PHP object that shows a frame. Only its headers are made later: the rest is there already and costs nothing.
pub(crate) fn object<T: Shows>(value: T, server_key: &SharedString, received: UnixMicros) -> Zval {
    let first = with_names(&FIRST_VALUES, false, |names| names.zval(value.frame().name()));
    zend::filled_object(value, [first, server_key.zval(), class::zval(seconds(received))])
}

/// All headers as an array.
pub(crate) fn headers(frame: FrameRef<'_>) -> Zval {
    with_names(&HEADER_NAMES, true, |names| zend::array_of_headers(names, frame.bytes().len(), frame.headers()))
}

/// What dumps show: the properties, the headers as logs show them. The application that prints a message in search of
/// something else must not print its credentials with it.
pub(crate) fn dump<T: Shows>(this: &T, object: &ZendObject) -> Vec<(&'static str, Zval)> {
    let values = Redactor::default().headers(this.frame().headers());
    let headers = with_names(&HEADER_NAMES, true, |names| {
        zend::array_of_headers(names, this.frame().bytes().len(), values.iter().map(|(name, value)| (*name, &**value)))
    });
    let property = |name| match name {
        name if name == HEADERS.0 => headers.shallow_clone(),
        name => zend::property(object, name).map_or_else(Zval::null, Zval::shallow_clone),
    };
    T::SLOTS.iter().map(|(name, _)| (*name, property(*name))).collect()
}

/// Works with a cache that nobody has borrowed meanwhile: memory that runs out is a fatal error, which jumps out of `work`
/// and over every guard. It then costs this cache and nothing more.
fn with_names<R>(cache: &'static LocalKey<Cache>, lower: bool, work: impl FnOnce(&mut Names) -> R) -> R {
    cache.with(|cache| {
        let mut names = cache.take().unwrap_or_else(|| Box::new(Names::new(lower)));
        let result = work(&mut names);
        cache.names.set(Some(names));
        result
    })
}

/// Seconds since the Unix epoch. A double holds microseconds exactly until the year 2255.
#[allow(clippy::cast_precision_loss, reason = "within 2^53 until the year 2255")]
pub(crate) fn seconds(time: UnixMicros) -> f64 {
    time.0 as f64 / 1e6
}

/// The time from seconds since the Unix epoch; before it, the epoch.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is what is wanted")]
pub(crate) fn micros(seconds: f64) -> UnixMicros {
    UnixMicros((seconds * 1e6).round() as u64)
}

/// The methods of both: get, all, has, raw, fromRaw.
pub(crate) fn methods<T: Shows>() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
    let key = || Arg::new("key", DataType::String);
    let public = MethodFlags::Public;
    vec![
        (FunctionBuilder::new("get", get::<T>).arg(key()).returns(DataType::String, false, true), public),
        (FunctionBuilder::new("all", all::<T>).arg(key()).returns(DataType::Array, false, false), public),
        (FunctionBuilder::new("has", has::<T>).arg(key()).returns(DataType::Bool, false, false), public),
        (FunctionBuilder::new("raw", raw::<T>).returns(DataType::String, false, false), public),
        (
            FunctionBuilder::new("fromRaw", from_raw::<T>)
                .arg(Arg::new("serverKey", DataType::String))
                .arg(Arg::new("frame", DataType::String))
                .not_required()
                .arg(Arg::new("receivedAt", DataType::Double).default("0.0"))
                .returns(DataType::object(T::CLASS_NAME), false, false),
            public | MethodFlags::Static,
        ),
    ]
}

/// A frame from text. Line ends may be LF or CRLF, with or without the blank line behind.
fn parse(text: &[u8]) -> Option<Frame> {
    let end = text.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
    FrameRef::from_bytes(text.get(..end)?).map(|frame| frame.to_frame())
}

fn frame_method<T: Shows>(ex: &mut ExecuteData, returned: &mut Zval, body: impl FnOnce(FrameRef<'_>, &[u8]) -> Zval) {
    class::method::<T>(ex, returned, 1, |this, arguments| -> PhpResult<Reply> {
        let key = class::bytes(arguments, 0, "key")?;
        Ok(Reply::Value(body(this.frame(), key)))
    });
}

extern "C" fn get<T: Shows>(ex: &mut ExecuteData, returned: &mut Zval) {
    frame_method::<T>(ex, returned, |frame, key| frame.header(key).map_or_else(Zval::null, zend::string));
}

extern "C" fn all<T: Shows>(ex: &mut ExecuteData, returned: &mut Zval) {
    frame_method::<T>(ex, returned, |frame, key| {
        let same = frame.headers().filter(|(found, _)| found.eq_ignore_ascii_case(key));
        zend::list(same.map(|(_, value)| value))
    });
}

extern "C" fn has<T: Shows>(ex: &mut ExecuteData, returned: &mut Zval) {
    frame_method::<T>(ex, returned, |frame, key| class::zval(frame.header(key).is_some()));
}

extern "C" fn raw<T: Shows>(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<T>(ex, returned, 0, |this, _| Ok(Reply::Value(zend::string(this.frame().bytes()))));
}

extern "C" fn from_raw<T: Shows>(ex: &mut ExecuteData, returned: &mut Zval) {
    class::static_method(ex, returned, 2, 3, |arguments| {
        let server_key = SharedString::new(class::bytes(arguments, 0, "serverKey")?);
        let text = class::bytes(arguments, 1, "frame")?;
        let received = micros(class::float(arguments, 2, "receivedAt")?);
        let (kind, line) = T::KIND;
        match parse(text) {
            Some(frame) if frame.as_ref().kind() == kind => Ok(object(T::of(frame), &server_key, received)),
            _ => Err(Exception::new(Class::InvalidConfiguration, format!("frame: no line starts with \"{line}\""))
                .key_value("frame", class::argument(arguments, 1), None)
                .into()),
        }
    });
}
