//! What comes in: which frame is an answer, which an event for listeners, and which neither.

use super::login::Step;
use super::{Context, Session};
use crate::correlation::{EventVerdict, Failure, LossReason, Progress, Settled};
use crate::events::QueuedEvent;
use crate::health::ConnectionState;
use crate::log::Kind;
use crate::metrics::ActionResult;
use crate::protocol::{FrameKind, FrameRef};
use core::time::Duration;

/// Unreadable blocks within [`DESYNC_WINDOW`] after which the connection is reset. A forged blank line in a value
/// makes one; a hundred in ten seconds is a stream that is not AMI any more.
const DESYNC_LIMIT: u32 = 100;

/// The window in which unreadable blocks are counted together.
const DESYNC_WINDOW: Duration = Duration::from_secs(10);

impl Session {
    pub(super) fn on_frame(&mut self, frame: FrameRef<'_>, cx: &mut Context<'_>) {
        self.counters.frames += 1;
        cx.effects.counts.frames_read += 1;
        if self.state == ConnectionState::Connected {
            self.lose(LossReason::NotAmi, cx);
            return;
        }
        match frame.kind() {
            FrameKind::Event => self.on_event(frame, cx),
            FrameKind::Response => self.on_response(frame, cx),
        }
    }

    fn on_response(&mut self, frame: FrameRef<'_>, cx: &mut Context<'_>) {
        let sequence = frame.action_id().and_then(|id| self.ids.parse(id));
        let Some(sequence) = sequence else {
            self.counters.responses_unmatched += 1;
            return;
        };
        self.commands.remove(&sequence);
        if self.pings.contains(&sequence) {
            self.on_pong(sequence, cx);
        } else if self.pending.contains(sequence) {
            if let Some(progress) = self.pending.on_response(sequence, frame, cx.now.instant) {
                self.on_progress(progress, cx);
            }
        } else if !self.on_login_response(sequence, frame, cx)
            && !self.on_version_response(sequence, frame)
            && !self.on_filter_response(sequence, frame, cx)
        {
            self.counters.responses_unmatched += 1;
        }
    }

    fn on_event(&mut self, frame: FrameRef<'_>, cx: &mut Context<'_>) {
        self.counters.events += 1;
        if self.pending.may_know_events() && self.answers_action(frame, cx) {
            return;
        }
        match frame.name() {
            b"FullyBooted" if self.step == Step::Boot => self.ready(cx),
            b"Shutdown" => {
                let restart = frame.header(b"Restart").is_some_and(|value| value.eq_ignore_ascii_case(b"true"));
                let fields = vec![("restart", (if restart { "true" } else { "false" }).into())];
                self.log(Kind::ShuttingDown, fields, cx);
            }
            _ => {}
        }
        self.offer_to_listeners(frame, cx);
    }

    /// Hands an event to the action whose id it carries. Tells whether it was for that action alone.
    fn answers_action(&mut self, frame: FrameRef<'_>, cx: &mut Context<'_>) -> bool {
        let Some(sequence) = frame.action_id().and_then(|id| self.ids.parse(id)) else { return false };
        let (consumed, progress) = match self.pending.on_event(sequence, frame, cx.now.instant) {
            EventVerdict::Foreign => return false,
            EventVerdict::Late => {
                self.counters.events_late += 1;
                return true;
            }
            EventVerdict::Consumed(progress) => (true, progress),
            EventVerdict::Shared(progress) => (false, progress),
        };
        self.on_progress(progress, cx);
        consumed
    }

    fn offer_to_listeners(&mut self, frame: FrameRef<'_>, cx: &mut Context<'_>) {
        if !self.state.is_usable() && self.state != ConnectionState::Closing {
            self.counters.events_before_ready += 1;
            return;
        }
        let name = frame.name();
        if !self.admission.admits(name) || !cx.subscriptions.wants(self.id, frame) {
            self.counters.events_unheard += 1;
            cx.effects.counts.events_unheard += 1;
            return;
        }
        self.counters.events_queued += 1;
        let dropped =
            self.queue.push(QueuedEvent { frame: frame.to_frame(), received: cx.now.wall, read_at: cx.now.instant });
        if dropped > 0 {
            cx.effects.counts.events_dropped += dropped;
            let interval = self.options.event_drop_log_interval_ms;
            if self.drop_log.due.is_none() && !interval.is_zero() {
                self.drop_log.due = Some(cx.now.instant + interval);
            }
        }
    }

    pub(super) fn on_oversized(&mut self, bytes: u64, action_id: Option<&[u8]>, cx: &mut Context<'_>) {
        self.counters.frames_too_long += 1;
        let fields = vec![("bytes", bytes.into())];
        let Some(sequence) = action_id.and_then(|id| self.ids.parse(id)) else {
            self.log(Kind::FrameTooLong, fields, cx);
            return;
        };
        self.commands.remove(&sequence);
        self.log_action(sequence, Kind::FrameTooLong, fields, cx);
        if let Some(settled) = self.pending.fail(sequence, Failure::FrameTooLong(bytes), cx.now.instant) {
            self.settle(settled, cx);
        }
    }

    pub(super) fn on_garbage(&mut self, cx: &mut Context<'_>) {
        self.counters.protocol_desync += 1;
        if self.state == ConnectionState::Connected {
            self.lose(LossReason::NotAmi, cx);
            return;
        }
        let window = &mut self.desync;
        if cx.now.instant.since(window.began) > DESYNC_WINDOW {
            window.began = cx.now.instant;
            window.count = 0;
        }
        window.count += 1;
        if window.count == 1 {
            self.log(Kind::NoFrame, vec![], cx);
        }
        if self.desync.count > DESYNC_LIMIT {
            self.lose(LossReason::Desync, cx);
        }
    }

    fn on_progress(&mut self, progress: Progress, cx: &mut Context<'_>) {
        while let Some(evicted) = self.pending.take_evicted() {
            self.settle(evicted, cx);
        }
        match progress {
            Progress::Waits => {}
            Progress::Ends(settled) => self.settle(settled, cx),
            Progress::Asks(question) => cx.effects.questions.push_back((self.id, question)),
        }
    }

    pub(super) fn settle(&mut self, settled: Settled, cx: &mut Context<'_>) {
        let result = ActionResult::of(settled.outcome.failure.as_ref());
        result.count(&mut self.counters);
        self.timings.ended(result, settled.latency);
        if self.pending.take_silence_end()
            && !self.is_suspect
            && let Some(heartbeat) = &mut self.heartbeat
        {
            heartbeat.postpone(cx.now.instant);
        }
        cx.effects.counts.actions_completed += 1;
        cx.effects.settled.push_back((self.id, settled));
    }
}
