//! `Subscription`: a listener that can be taken back.

use super::class::{self, Native, Reply, native_class};
use super::engine::Engine;
use super::held::Held;
use super::zend::{self, Traced, Tracer};
use ami_core::events::SubscriptionId;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use std::rc::Rc;

/// One subscription. Dropping the object does not end it.
#[derive(Debug)]
pub(crate) struct Subscription {
    engine: Rc<Engine>,
    /// Lives as long as somebody may take the listener back.
    manager: Held,
    id: SubscriptionId,
    name: Zval,
    priority: i64,
}

native_class!(Subscription, "Apn\\AmiClient\\Subscription", made by the extension only, implements &[]);

impl Subscription {
    pub(crate) fn object(engine: Rc<Engine>, manager: &Zval, id: SubscriptionId, name: Zval, priority: i64) -> Zval {
        let manager = Held::new(manager.shallow_clone());
        class::object(Self { engine, manager, id, name, priority }, Vec::new())
    }

    pub(crate) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let public = MethodFlags::Public;
        vec![
            (FunctionBuilder::new("cancel", cancel).returns(DataType::Void, false, false), public),
            (FunctionBuilder::new("isActive", is_active).returns(DataType::Bool, false, false), public),
            (FunctionBuilder::new("eventName", event_name).returns(DataType::String, false, true), public),
            (FunctionBuilder::new("priority", priority).returns(DataType::Long, false, false), public),
        ]
    }
}

impl Native for Subscription {
    fn finish(_class: &mut ClassEntry) {
        zend::trace::<Self>();
    }
}

impl Traced for Subscription {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.manager.trace(tracer);
    }
}

extern "C" fn cancel(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<Subscription>(ex, returned, 0, |this, _| {
        this.engine.check_owner()?;
        this.engine.reactor()?.cluster_mut().unsubscribe(this.id);
        let listener = this.engine.listeners().borrow_mut().remove(this.id);
        this.engine.nudge();
        // Last, when nothing is borrowed: what the closure holds may have destructors.
        drop(listener);
        Ok(Reply::Value(Zval::null()))
    });
}

extern "C" fn is_active(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<Subscription>(ex, returned, 0, |this, _| {
        let is_active = this.engine.reactor()?.cluster().subscriptions().contains(this.id);
        Ok(Reply::Value(class::zval(is_active)))
    });
}

extern "C" fn event_name(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<Subscription>(ex, returned, 0, |this, _| Ok(Reply::Value(this.name.shallow_clone())));
}

extern "C" fn priority(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<Subscription>(ex, returned, 0, |this, _| Ok(Reply::Value(class::zval(this.priority))));
}
