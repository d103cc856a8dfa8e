//! `PendingAction`: an action on its way, and what it came to.

use super::class::{self, Native, Reply, native_class};
use super::completion;
use super::engine::{Engine, Waited, rethrow};
use super::event::AmiEvent;
use super::exceptions::{Class, Exception};
use super::held::Held;
use super::message;
use super::response::AmiResponse;
use super::zend::{self, CallError, PreparedCallable, SharedString, Traced, Tracer};
use ami_core::cluster::ServerId;
use ami_core::correlation::{Failure, Judgement, LossReason, Outcome};
use ami_core::protocol::Frame;
use ami_core::time::UnixMicros;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Callbacks that one action may have: a loop that registers for ever shows itself here.
const MAX_CALLBACKS: usize = 1_000;

/// An action that was sent.
#[derive(Debug)]
pub(crate) struct PendingAction {
    engine: Rc<Engine>,
    server: ServerId,
    key: SharedString,
    sequence: u64,
    action_id: Vec<u8>,
    action_name: Vec<u8>,
    /// Ticks while somebody awaits this; let go when the action has ended.
    manager: Held,
    /// The application's own strategy, for as long as the action waits.
    strategy: Held,
    /// What that strategy threw.
    thrown: Held,
    callbacks: RefCell<Vec<PreparedCallable>>,
    /// The round of the engine in which it was sent.
    round: u64,
    is_complete: Cell<bool>,
    response: Held,
    error: Held,
    event_list: Held,
    /// The events of the answer, until somebody asks for their objects.
    events: RefCell<Vec<Frame>>,
    settled_at: Cell<UnixMicros>,
}

native_class!(PendingAction, "Apn\\AmiClient\\PendingAction", made by the extension only, implements &[]);

impl PendingAction {
    pub(crate) fn object(
        engine: Rc<Engine>,
        manager: &Zval,
        server: ServerId,
        sequence: u64,
        action_id: Vec<u8>,
        action_name: Vec<u8>,
        strategy: Zval,
    ) -> Zval {
        let this = Self {
            key: engine.server_key(server),
            round: engine.round(),
            engine,
            server,
            sequence,
            action_id,
            action_name,
            manager: Held::new(manager.shallow_clone()),
            strategy: Held::new(strategy),
            thrown: Held::default(),
            callbacks: RefCell::new(Vec::new()),
            is_complete: Cell::new(false),
            response: Held::default(),
            error: Held::default(),
            event_list: Held::default(),
            events: RefCell::new(Vec::new()),
            settled_at: Cell::new(UnixMicros(0)),
        };
        class::object(this, Vec::new())
    }

    /// The Rust side of an object of this class.
    pub(crate) fn of(object: &ZendObject) -> Option<&Self> {
        ext_php_rs::types::ZendClassObject::<Self>::from_zend_obj(object).map(|object| &**object)
    }

    pub(crate) const fn round(&self) -> u64 {
        self.round
    }

    pub(crate) const fn is_complete(&self) -> bool {
        self.is_complete.get()
    }

    /// Asks the application's own strategy about a message. `None`: `exit()` is unwinding the stack.
    pub(crate) fn judge(&self, frame: Frame, at: UnixMicros) -> Option<Judgement> {
        let message = message::of_frame(frame, &self.key, at);
        match completion::judge(&self.strategy.get(), &message) {
            Ok(judgement) => Some(judgement),
            Err(CallError::Thrown(exception)) => {
                drop(self.thrown.replace(exception.shallow_clone()));
                self.engine.callback_failed("completionStrategy", Some(self.server), exception);
                Some(Judgement::Failed)
            }
            Err(CallError::NoMethod) => Some(Judgement::Failed),
            Err(CallError::Unwinding) => None,
        }
    }

    /// The action has ended: keeps what it came to and calls those who wait for it.
    pub(crate) fn settle(&self, outcome: Outcome, at: UnixMicros) -> PhpResult<Waited> {
        let Outcome { failure, response, events } = outcome;
        let key = self.key.clone();
        let response = response.map_or_else(Zval::null, |frame| AmiResponse::object(frame, &key, at));
        let error = failure.map_or_else(Zval::null, |failure| self.error(&failure, &response, events.last(), at));
        self.events.replace(events);
        self.settled_at.set(at);
        self.is_complete.set(true);
        drop(self.response.replace(response));
        drop(self.error.replace(error));
        let callbacks = self.callbacks.take();
        for callback in &callbacks {
            match self.call(callback) {
                Err(CallError::Unwinding) => return Ok(Waited::Exiting),
                Err(CallError::Thrown(exception)) => {
                    self.engine.callback_failed("onComplete", Some(self.server), exception);
                }
                Ok(_) | Err(CallError::NoMethod) => {}
            }
            if self.engine.after_letting_go(Some(self.server)) == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
            // It may have forked: those that follow are the parent's to call.
            self.engine.check_owner()?;
        }
        drop(callbacks);
        for held in [&self.manager, &self.strategy, &self.thrown] {
            drop(held.replace(Zval::null()));
        }
        Ok(if zend::is_unwinding() { Waited::Exiting } else { Waited::Done })
    }

    fn call(&self, callback: &PreparedCallable) -> Result<Zval, CallError> {
        callback.call(&[self.error.get(), self.response.get(), self.event_objects()])
    }

    /// The events of the answer as PHP objects, made once.
    fn event_objects(&self) -> Zval {
        let made = self.event_list.get();
        if made.is_array() {
            return made;
        }
        let mut list = Zval::new_array();
        if !self.is_complete() {
            return list;
        }
        let key = self.key.clone();
        if let Some(events) = list.array_mut() {
            for frame in self.events.take() {
                // It cannot fail: an object is a plain value.
                let _ = events.push(AmiEvent::object(frame, &key, self.settled_at.get()));
            }
        }
        drop(self.event_list.replace(list.shallow_clone()));
        list
    }

    /// The response, or the error as an exception.
    fn result(&self) -> PhpResult<Reply> {
        let error = self.error.get();
        if error.is_object() {
            return Err(rethrow(error));
        }
        let response = self.response.get();
        if response.is_object() {
            return Ok(Reply::Value(response));
        }
        let said = "its events completed it and no response came; they are in events()";
        Err(self.about(Class::MissingResponse, said.as_bytes()).into())
    }

    /// Ticks until the action has ended, or so many milliseconds are over.
    pub(crate) fn wait(&self, timeout_ms: Option<i64>) -> PhpResult<Reply> {
        if !self.is_complete() {
            let until = self.engine.deadline(timeout_ms)?;
            match self.engine.tick_until(&self.manager.get(), until, || self.is_complete())? {
                Waited::Exiting => return Ok(Reply::Value(Zval::null())),
                Waited::Done => {}
                Waited::TimedOut => {
                    let waited = timeout_ms.unwrap_or_default();
                    let said = format!("no complete answer within {waited} ms; it is still waited for");
                    return Err(self.about(Class::ActionTimeout, said.as_bytes()).timeout_ms(waited).into());
                }
            }
        }
        self.result()
    }

    /// An exception about this action.
    fn about(&self, class: Class, said: &[u8]) -> Exception {
        let key = self.key.clone();
        let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
        let message = [&self.action_name, b" on \"".as_slice(), key.as_bytes(), b"\": ", said].concat();
        Exception::new(class, message).server_key(&key).action_id(&self.action_id).action_name(&self.action_name)
    }

    /// What PHP gets of a failure: what the application's own strategy threw, or one of our exceptions.
    fn error(&self, failure: &Failure, response: &Zval, last_event: Option<&Frame>, at: UnixMicros) -> Zval {
        let thrown = self.thrown.get();
        if *failure == Failure::StrategyFailed && thrown.is_object() {
            return thrown;
        }
        let exception = self.exception(failure, response);
        let exception = match (failure, last_event) {
            (Failure::OriginateFailed(reason), Some(result)) => {
                let key = self.key.clone();
                exception.originate_result(*reason, AmiEvent::object(result.clone(), &key, at))
            }
            _ => exception,
        };
        exception.into_zval()
    }

    fn exception(&self, failure: &Failure, response: &Zval) -> Exception {
        let class = match failure {
            Failure::ErrorResponse => Class::ActionErrorResponse,
            Failure::OriginateFailed(_) => Class::OriginateFailed,
            Failure::ConnectionLost(LossReason::Desync) => Class::ParserDesync,
            Failure::NotSent(_) => Class::ActionSendFailed,
            Failure::Timeout(_) => Class::ActionTimeout,
            Failure::ConnectionLost(_) => Class::ConnectionLost,
            Failure::Cancelled | Failure::ListCancelled => Class::ActionCancelled,
            Failure::MissingResponse => Class::MissingResponse,
            _ => Class::Protocol,
        };
        let said = match failure {
            Failure::ErrorResponse => AmiResponse::error_of(response).map(|said| self.engine.redacted(&said)),
            _ => None,
        };
        let said = said.unwrap_or_else(|| failure.to_string().into_bytes());
        let mut exception = self.about(class, &said).response(response.shallow_clone());
        if let Failure::ConnectionLost(LossReason::Closed) | Failure::NotSent(LossReason::Closed) = failure
            && let Some(reason) = self.engine.shut_down()
        {
            exception = exception.previous(reason.into_zval());
        }
        match failure {
            Failure::Timeout(after) => exception.timeout_ms(i64::try_from(after.as_millis()).unwrap_or(i64::MAX)),
            Failure::ConnectionLost(_) => self.engine.with_place(self.server, exception),
            _ => exception,
        }
    }

    pub(crate) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let public = MethodFlags::Public;
        let this = DataType::object("Apn\\AmiClient\\PendingAction");
        let response = DataType::object("Apn\\AmiClient\\AmiResponse");
        vec![
            (
                FunctionBuilder::new("onComplete", on_complete)
                    .arg(Arg::new("callback", DataType::Callable))
                    .returns(this, false, false),
                public,
            ),
            (FunctionBuilder::new("isComplete", is_complete).returns(DataType::Bool, false, false), public),
            (FunctionBuilder::new("response", get_response).returns(response, false, true), public),
            (FunctionBuilder::new("events", get_events).returns(DataType::Array, false, false), public),
            (FunctionBuilder::new("error", get_error).returns(DataType::object("Throwable"), false, true), public),
            (FunctionBuilder::new("actionId", get_action_id).returns(DataType::String, false, false), public),
            (FunctionBuilder::new("serverKey", get_server_key).returns(DataType::String, false, false), public),
            (
                FunctionBuilder::new("await", await_)
                    .not_required()
                    .arg(Arg::new("timeoutMs", DataType::Long).allow_null().default("null"))
                    .returns(response, false, false),
                public,
            ),
            (FunctionBuilder::new("cancel", cancel).returns(DataType::Bool, false, false), public),
        ]
    }
}

impl Native for PendingAction {
    fn finish(_class: &mut ClassEntry) {
        zend::trace::<Self>();
    }
}

impl Traced for PendingAction {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for held in [&self.manager, &self.strategy, &self.thrown, &self.response, &self.error, &self.event_list] {
            held.trace(tracer);
        }
        if let Ok(callbacks) = self.callbacks.try_borrow() {
            for callback in &*callbacks {
                tracer.callable(callback);
            }
        }
    }
}

extern "C" fn on_complete(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<PendingAction>(ex, returned, 1, |this, arguments| {
        let callback = class::callable(arguments, 0, "callback")?;
        if this.is_complete() {
            return match this.call(&callback) {
                Err(CallError::Thrown(exception)) => Err(rethrow(exception)),
                Ok(_) | Err(CallError::Unwinding | CallError::NoMethod) => Ok(Reply::This),
            };
        }
        let mut callbacks = this.callbacks.borrow_mut();
        if callbacks.len() >= MAX_CALLBACKS {
            let limit = i64::try_from(MAX_CALLBACKS).unwrap_or(i64::MAX);
            let message = format!("{limit} callbacks wait for this action already");
            let exception = Exception::new(Class::Backpressure, message);
            return Err(exception.limit("onComplete callbacks of one action", limit, limit).into());
        }
        callbacks.push(callback);
        Ok(Reply::This)
    });
}

extern "C" fn is_complete(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<PendingAction>(ex, returned, 0, |this, _| Ok(Reply::Value(class::zval(this.is_complete()))));
}

extern "C" fn get_response(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<PendingAction>(ex, returned, 0, |this, _| Ok(Reply::Value(this.response.get())));
}

extern "C" fn get_events(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<PendingAction>(ex, returned, 0, |this, _| Ok(Reply::Value(this.event_objects())));
}

extern "C" fn get_error(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<PendingAction>(ex, returned, 0, |this, _| Ok(Reply::Value(this.error.get())));
}

extern "C" fn get_action_id(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<PendingAction>(ex, returned, 0, |this, _| Ok(Reply::Value(zend::string(&this.action_id))));
}

extern "C" fn get_server_key(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<PendingAction>(ex, returned, 0, |this, _| {
        Ok(Reply::Value(this.engine.server_key(this.server).zval()))
    });
}

extern "C" fn await_(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<PendingAction>(ex, returned, 0, 1, |this, _, arguments| {
        this.wait(class::optional_integer(arguments, 0, "timeoutMs")?)
    });
}

extern "C" fn cancel(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<PendingAction>(ex, returned, 0, |this, _| {
        this.engine.check_owner()?;
        if this.is_complete() {
            return Ok(Reply::Value(class::zval(false)));
        }
        let was_waiting = {
            let mut reactor = this.engine.reactor()?;
            let now = reactor.now();
            reactor.cluster_mut().cancel(this.server, this.sequence, now)
        };
        this.engine.settle_outside_a_tick()?;
        Ok(Reply::Value(class::zval(was_waiting)))
    });
}
