//! Login, Challenge, Logoff, Events.

use md5::{Digest as _, Md5};

use super::Action;
use crate::class::Classes;
use crate::config::FullyBooted;
use crate::effects::{Effects, Order};
use crate::session::{Closing, User, Wait};
use crate::time::Stamp;
use crate::worker::Timer;

pub(super) fn challenge(action: &mut Action<'_>) {
    if !action.node.config.md5 {
        return action.error("Permission denied");
    }
    if !action.request.given("AuthType").is_some_and(|kind| kind.eq_ignore_ascii_case(b"MD5")) {
        return action.error("Must specify AuthType");
    }
    let challenge = action.node.pbx.rng.below(900_000_000) + 100_000_000;
    action.session.challenge = Some(challenge.to_string());
    action.answer().show("Challenge", challenge).end();
}

pub(super) fn login(action: &mut Action<'_>) {
    if action.session.user.is_some() {
        return action.success("Already authenticated");
    }
    let Some(user) = authenticated(action) else {
        crate::stats::add(&action.node.shared.counters.logins_refused, 1);
        action.session.wait = Some(Wait::Refused { action_id: action.id() });
        let after = action.node.config.auth_failure_delay;
        action.fx.orders.push(Order::Timer { after, timer: Timer::EndWait(action.session.key) });
        return;
    };
    if let Some(mask) = action.request.text("Events") {
        action.session.mask = Classes::from_mask(&mask);
    }
    let name = user.name.clone();
    action.session.user = Some(user);
    crate::stats::add(&action.node.shared.counters.logins, 1);
    action.success("Authentication accepted");
    boot(action);
    if action.node.config.security_events {
        report(action, &name);
    }
    if let Some(flood) = action.node.config.flood.clone() {
        let fault = Box::new(crate::fault::Fault::Flood(flood));
        action.fx.orders.push(Order::Fault { fault, only: Some(action.session.key) });
    }
}

/// The user that the request proves to be, if it does.
fn authenticated(action: &Action<'_>) -> Option<User> {
    if action.node.refuse_login {
        return None;
    }
    let (request, config) = (action.request, &action.node.config);
    let name = request.given("Username")?;
    let user = config.users.iter().find(|user| user.name.as_bytes() == name)?;
    let by_md5 = request.given("AuthType").is_some_and(|kind| kind.eq_ignore_ascii_case(b"MD5"));
    let proven = if by_md5 {
        let challenge = action.session.challenge.as_ref().filter(|_| config.md5)?;
        let digest = Md5::digest(format!("{challenge}{}", user.secret));
        request.given("Key")? == hex(&digest).as_bytes()
    } else {
        request.given("Secret")? == user.secret.as_bytes()
    };
    proven.then(|| User { name: user.name.clone(), read: user.read, write: user.write })
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// What the settings say about `FullyBooted` after a login.
fn boot(action: &mut Action<'_>) {
    match action.node.config.fully_booted {
        FullyBooted::Never => {}
        FullyBooted::AtLogin => {
            let mut own = action.node.effects(action.fx.now);
            fully_booted(&mut own, action.node.pbx.started);
            for (class, event) in own.events() {
                if action.session.deliver(class, event) {
                    crate::stats::add(&action.node.shared.counters.events_sent, 1);
                }
            }
        }
        FullyBooted::After(after) => {
            action.session.booted = false;
            action.fx.orders.push(Order::Timer { after, timer: Timer::FullyBooted(action.session.key) });
        }
    }
}

pub(crate) fn fully_booted(fx: &mut Effects, started: Stamp) {
    let uptime = fx.now.since(started);
    fx.event("FullyBooted", Classes::SYSTEM, |frame| {
        frame.show("Uptime", uptime).show("LastReload", uptime).put("Status", "Fully Booted");
    });
}

/// Every session that may see security events learns of a login.
fn report(action: &mut Action<'_>, account: &str) {
    let time = action.fx.now.security();
    let (local, remote) = (action.node.address, action.session.peer);
    let session = format!("0x7f{:010x}", action.session.connection << 8);
    action.fx.event("SuccessfulAuth", Classes::SECURITY, |frame| {
        frame
            .put("EventTV", &time)
            .put("Severity", "Informational")
            .put("Service", "AMI")
            .put("EventVersion", "1")
            .put("AccountID", account)
            .put("SessionID", &session)
            .put("LocalAddress", format!("IPV4/TCP/{}/{}", local.ip(), local.port()))
            .put("RemoteAddress", format!("IPV4/TCP/{}/{}", remote.ip(), remote.port()))
            .put("UsingPassword", "0")
            .put("SessionTV", &time);
    });
}

pub(super) fn logoff(action: &mut Action<'_>) {
    let id = action.id();
    crate::stats::add(&action.node.shared.counters.logoffs, 1);
    crate::frame::Frame::response(action.out(), "Goodbye", id.as_deref())
        .put("Message", "Thanks for all the fish.")
        .end();
    action.session.flood = None;
    action.session.closing = Some(Closing::Drained);
}

pub(super) fn events(action: &mut Action<'_>) {
    let Some(mask) = action.request.text("EventMask") else {
        return action.error("Invalid event mask");
    };
    action.session.mask = Classes::from_mask(&mask);
    let state = if action.session.mask.is_empty() { "Off" } else { "On" };
    action.answer().put("Events", state).end();
}
