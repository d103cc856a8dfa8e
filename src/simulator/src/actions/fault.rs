//! Actions that only the simulator has: faults and counters, for clients that have no other way to ask for them.

use super::Action;
use crate::effects::Order;
use crate::fault::Fault;

/// `Fault: name` and its parameters as headers. `Scope: self` hits only the session that asks.
///
/// `Fault: oversized` with `Kind: response` makes the answer itself so large.
pub(super) fn fault(action: &mut Action<'_>) {
    let Some(name) = action.request.text("Fault") else {
        return action.error("Fault not specified");
    };
    let request = action.request;
    match Fault::parse(&name, |key| request.text(key)) {
        Ok(Fault::Oversized { bytes }) if request.given("Kind").is_some_and(|kind| kind == b"response") => {
            action.answer().put("Message", "Fault set").put("Data", "x".repeat(bytes)).end();
        }
        Ok(fault) => {
            action.success("Fault set");
            let alone = request.given("Scope").is_some_and(|scope| scope.eq_ignore_ascii_case(b"self"));
            let only = alone.then_some(action.session.key);
            action.fx.orders.push(Order::Fault { fault: Box::new(fault), only });
        }
        Err(error) => action.error(&error.to_string()),
    }
}

pub(super) fn stats(action: &mut Action<'_>) {
    let stats = action.node.shared.counters.snapshot().to_string();
    let mut answer = action.answer();
    for pair in stats.split(' ') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        answer.put(key, value);
    }
    answer.end();
}
