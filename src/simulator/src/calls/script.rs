//! The dialplan of the project's test servers, as far as it can be seen from outside.

use std::time::Duration;

use super::{Call, Ending, NORMAL, Outcome, Stage};
use crate::class::Classes;
use crate::config::{CallsConfig, FloodConfig};
use crate::effects::{Effects, Order};
use crate::pbx::{ChannelId, Pbx};

/// A value in a dialplan `UserEvent` is cut here by a real server.
const USER_EVENT_VALUE: usize = 4_091;

impl Pbx {
    pub(super) fn extension_exists(context: &str, exten: &str) -> bool {
        match context {
            "default" => {
                let fixed = [
                    "700", "2000", "2001", "2002", "3000", "3001", "4000", "5000", "5001", "5002", "5003", "6001",
                    "6002", "sipp",
                ];
                fixed.contains(&exten) || exten.parse().is_ok_and(|number: u32| (1000..=1012).contains(&number))
            }
            "agents" => ["2101", "2102", "2103"].contains(&exten),
            _ => false,
        }
    }

    /// How long an extension lives once it has answered.
    pub(super) fn extension_time(exten: &str) -> Duration {
        Duration::from_secs(match exten {
            "1000" | "1011" => 1,
            "1001" | "1010" => 30,
            "1012" => 300,
            "1002" | "2103" | "5002" | "5003" => 2,
            "2101" | "5001" => 3,
            _ => 20,
        })
    }

    /// How long an application lives; `None` if only the other side ends it.
    pub(super) fn application_time(name: &str, data: &[u8]) -> Option<Duration> {
        match name.to_ascii_lowercase().as_str() {
            "wait" => {
                std::str::from_utf8(data).ok()?.trim().parse().ok().and_then(|s| Duration::try_from_secs_f64(s).ok())
            }
            "hangup" | "noop" | "system" => Some(Duration::ZERO),
            _ => None,
        }
    }

    /// Runs the extension that the caller's channel is in. `limit` is when the other side ends the call at the latest.
    pub(super) fn run_extension(
        &mut self,
        fx: &mut Effects,
        config: &CallsConfig,
        mut call: Call,
        limit: Option<Duration>,
        variables: &[(Vec<u8>, Vec<u8>)],
    ) {
        let caller = call.caller;
        let exten = self.channels.get(&caller).map(|channel| channel.exten.clone()).unwrap_or_default();
        let time = Self::extension_time(&exten);
        call.talk = limit.map_or(time, |limit| limit.min(time));
        call.outcome = Outcome::Answer;
        match exten.as_str() {
            "1000" => self.simple_call(fx, caller),
            "1007" => return self.dial(fx, call, "Local/1000@default/n"),
            "1010" => return self.dial(fx, call, "Local/1001@default/n"),
            "2000" | "2001" | "2002" => return self.queue_extension(fx, config, call, &exten),
            "5000" => {
                let count = variable(variables, "COUNT").and_then(|text| text.parse().ok()).unwrap_or(2_000);
                fx.orders.push(Order::Flood(FloodConfig::of(count)));
                return self.end_call(fx, call, NORMAL, Ending::Callee);
            }
            "5001" => self.long_value(fx, caller, variables),
            "5002" => self.newlines(fx, caller),
            "5003" => {
                let name = variable(variables, "ODDNAME").unwrap_or_default().to_owned();
                self.dialplan_event(fx, caller, "Odd", &[("Name", name.as_bytes())]);
            }
            "6001" | "6002" | "sipp" => {
                if self.endpoint(&exten).is_none_or(|endpoint| !endpoint.reachable) {
                    return self.end_call(fx, call, NORMAL, Ending::Callee);
                }
                call.talk = call.rng.between(&config.talk);
                return self.dial(fx, call, &format!("PJSIP/{exten}"));
            }
            _ => self.run(fx, caller, 3, "Wait", time.as_secs().to_string().as_bytes()),
        }
        let time = call.talk;
        self.later(fx, call, Stage::Ends, time);
    }

    fn queue_extension(&mut self, fx: &mut Effects, config: &CallsConfig, mut call: Call, exten: &str) {
        // Retries come twice a second: 60, 4 and 20 seconds.
        let (name, patience) = match exten {
            "2000" => ("support", 120),
            "2001" => ("empty", 8),
            _ => ("sales", 40),
        };
        call.talk = call.rng.between(&config.talk);
        match self.queue(name) {
            Some(queue) => self.enter_queue(fx, config, call, queue, patience, true),
            None => self.end_call(fx, call, NORMAL, Ending::Callee),
        }
    }

    fn simple_call(&mut self, fx: &mut Effects, id: ChannelId) {
        for (priority, name, value) in
            [(3, "FOO", "bar"), (4, "EMPTYVAR", ""), (5, "URL", "https://example.invalid:8443/a?b=c: d")]
        {
            self.run(fx, id, priority, "Set", format!("{name}={value}").as_bytes());
            self.set_variable(fx, id, name.as_bytes(), value.replace('?', "\\?").as_bytes());
        }
        let data = b"TestEvent,Key1: value1,Key2: with: colons: 12:30:00,Empty: ,NoColon";
        self.run(fx, id, 6, "UserEvent", data);
        let pairs: [(&str, &[u8]); 3] = [("Key1", b"value1"), ("Key2", b"with: colons: 12:30:00"), ("Empty", b"")];
        self.dialplan_event(fx, id, "TestEvent", &pairs);
        self.run(fx, id, 7, "Wait", b"1");
    }

    fn long_value(&mut self, fx: &mut Effects, id: ChannelId, variables: &[(Vec<u8>, Vec<u8>)]) {
        let doublings: u32 = variable(variables, "LEN").and_then(|text| text.parse().ok()).unwrap_or(12);
        let length = 16_usize.checked_shl(doublings.min(24)).unwrap_or(usize::MAX);
        let value: Vec<u8> = b"0123456789ABCDEF".iter().copied().cycle().take(length.min(USER_EVENT_VALUE)).collect();
        self.dialplan_event(fx, id, "LongVar", &[("Len", length.to_string().as_bytes()), ("Value", &value)]);
    }

    /// Values with line ends, which forge headers and a whole frame, as a real server lets them.
    fn newlines(&mut self, fx: &mut Effects, id: ChannelId) {
        self.dialplan_event(fx, id, "Newline", &[("Val", b"a\nb"), ("Val2", b"c\r\nInjected: yes")]);
        self.dialplan_event(fx, id, "BlankLine", &[("Val", b"a\r\n\r\nEvent: Forged\r\nVal: b")]);
        self.run(fx, id, 11, "NoOp", b"data with\r\nX-Injected: newexten");
    }

    fn dialplan_event(&self, fx: &mut Effects, id: ChannelId, name: &str, pairs: &[(&str, &[u8])]) {
        self.channel_event(fx, "UserEvent", Classes::USER, id, |frame| {
            frame.put("UserEvent", name);
            for (key, value) in pairs {
                frame.put(key, value);
            }
        });
    }
}

/// A variable of an Originate, whatever its inheritance marks.
fn variable<'a>(variables: &'a [(Vec<u8>, Vec<u8>)], name: &str) -> Option<&'a str> {
    let found =
        variables.iter().find(|(key, _)| std::str::from_utf8(key).is_ok_and(|key| key.trim_start_matches('_') == name));
    found.and_then(|(_, value)| std::str::from_utf8(value).ok()).map(str::trim)
}
