//! Floods: events that differ only in their `Seq`, made at the moment when the socket takes them.
//!
//! A template of all event names is rendered once; every event has the same size, so where a session stands in its
//! flood is one number, the count of bytes sent. To send, the sequence numbers are patched into a block that all
//! sessions of a thread share, and the block is written. So a flood costs about one copy into the kernel, whatever the
//! number of sessions, and never memory for what a client does not read.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::FloodConfig;
use crate::filter::Filters;

/// Most bytes of one write. Larger ones were not faster (128 KiB to 4 MiB were tried), only harder on the caches that
/// the client shares.
const BLOCK_BYTES: usize = 256 * 1024;
/// Fewest bytes that are prepared for a write.
const MIN_BLOCK: usize = 64 * 1024;
/// Room of a patched number and of the header behind it, which moves with the number's length.
const PATCH_BYTES: usize = 20 + AFTER_SEQ.len();
const AFTER_SEQ: &[u8] = b"\r\nText: ";
const FILLER: &[u8] = b"the quick brown fox jumps over the lazy dog ";
/// A flood with a rate sends at most so often, then all that is due.
const PACE: Duration = Duration::from_millis(5);

/// What one flood sends: a slot for each event name, all of the same size.
#[derive(Debug)]
pub(crate) struct Template {
    slots: Vec<u8>,
    event_bytes: usize,
    /// Where the number goes in each slot.
    patches: Vec<usize>,
    /// The begin of the event that ends the flood.
    done: Vec<u8>,
}

impl Template {
    pub(crate) fn new(config: &FloodConfig, filters: &Filters, decor: &[u8]) -> Option<Self> {
        let heads: Vec<Vec<u8>> = config
            .names
            .iter()
            .map(|name| head(name, config.class.name(), decor))
            .filter(|head| filters.accepts(head))
            .collect();
        let longest = heads.iter().map(Vec::len).max()?;
        let event_bytes = config.event_bytes.max(longest + PATCH_BYTES + 4);
        let mut slots = Vec::with_capacity(event_bytes * heads.len());
        let mut patches = Vec::with_capacity(heads.len());
        for head in heads {
            let end = slots.len() + event_bytes - 4;
            patches.push(head.len());
            slots.extend_from_slice(&head);
            slots.extend(FILLER.iter().cycle().take(end.saturating_sub(slots.len())));
            slots.extend_from_slice(b"\r\n\r\n");
        }
        let mut done = begin("UserEvent", config.class.name(), decor);
        done.extend_from_slice(b"UserEvent: FloodDone\r\nCount: ");
        Some(Self { slots, event_bytes, patches, done })
    }

    const fn size(&self) -> u64 {
        self.event_bytes as u64
    }
}

/// An event up to its number.
fn head(name: &str, class: &str, decor: &[u8]) -> Vec<u8> {
    let mut head = begin(name, class, decor);
    if name == "UserEvent" {
        head.extend_from_slice(b"UserEvent: Flood\r\n");
    }
    head.extend_from_slice(b"Seq: ");
    head
}

/// The headers that all events of a flood share.
fn begin(name: &str, class: &str, decor: &[u8]) -> Vec<u8> {
    let mut head = format!("Event: {name}\r\nPrivilege: {class},all\r\n").into_bytes();
    head.extend_from_slice(decor);
    head.extend_from_slice(
        b"Channel: Local/5000@default-0000003a;2\r\nChannelState: 6\r\nChannelStateDesc: Up\r\n\
          CallerIDNum: <unknown>\r\nCallerIDName: <unknown>\r\nConnectedLineNum: <unknown>\r\n\
          ConnectedLineName: <unknown>\r\nLanguage: en\r\nAccountCode: \r\nContext: default\r\nExten: 5000\r\n\
          Priority: 5\r\nUniqueid: 1795230213.118\r\nLinkedid: 1795230213.117\r\n",
    );
    head
}

/// Where one session stands in its flood.
#[derive(Debug)]
pub(crate) struct Flood {
    template: Arc<Template>,
    config: FloodConfig,
    started: Instant,
    /// Bytes sent so far.
    position: u64,
    /// Bytes that the last write took: the next block is not much larger.
    taken: usize,
}

/// What a flood would do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Send up to so many bytes from the current position.
    Send(u64),
    /// Nothing until then.
    Wait(Instant),
    /// It is over.
    Done,
}

impl Flood {
    pub(crate) fn new(config: FloodConfig, filters: &Filters, decor: &[u8], now: Instant) -> Option<Self> {
        let template = Arc::new(Template::new(&config, filters, decor)?);
        Some(Self { template, config, started: now, position: 0, taken: MIN_BLOCK })
    }

    pub(crate) const fn class(&self) -> crate::class::Classes {
        self.config.class
    }

    /// Makes the event that has been begun the last one; the `FloodDone` then tells the true count.
    pub(crate) fn stop(&mut self) {
        self.config.count = Some(self.position.div_ceil(self.template.size()));
    }

    /// Whole events sent.
    pub(crate) fn sent(&self) -> u64 {
        self.position / self.template.size()
    }

    /// The event that ends the flood: how many there were.
    pub(crate) fn done(&self) -> Vec<u8> {
        let count = self.config.count.unwrap_or_else(|| self.sent());
        [&self.template.done, format!("{count}\r\n\r\n").as_bytes()].concat()
    }

    /// Bytes until the event that has been begun ends; 0 between two events.
    pub(crate) fn unfinished(&self) -> u64 {
        self.position.next_multiple_of(self.template.size()) - self.position
    }

    pub(crate) fn next(&self, now: Instant) -> Next {
        let size = self.template.size();
        let total = self.config.count.unwrap_or(u64::MAX / size);
        let due = match self.config.events_per_second {
            Some(rate) => {
                let elapsed =
                    u64::try_from(now.saturating_duration_since(self.started).as_micros()).unwrap_or(u64::MAX);
                (elapsed.saturating_mul(rate) / 1_000_000).min(total)
            }
            None => total,
        };
        let limit = due * size;
        if self.position < limit {
            Next::Send(limit - self.position)
        } else if self.position >= total * size {
            Next::Done
        } else {
            let rate = self.config.events_per_second.unwrap_or(u64::MAX).max(1);
            let micros = (due + 1).saturating_mul(1_000_000).div_ceil(rate);
            Next::Wait((self.started + Duration::from_micros(micros)).max(now + PACE))
        }
    }

    /// Prepares bytes from the current position in `block`, at most `limit` of them.
    pub(crate) fn fill<'a>(&self, block: &'a mut Block, limit: u64) -> &'a [u8] {
        let wanted = self.taken.saturating_mul(2).clamp(MIN_BLOCK, BLOCK_BYTES);
        let wanted = usize::try_from(limit).unwrap_or(wanted).min(wanted);
        let size = self.template.size();
        let skip = usize::try_from(self.position % size).unwrap_or(0);
        let filled = block.fill(&self.template, self.position / size, skip + wanted);
        filled.get(skip..(skip + wanted).min(filled.len())).unwrap_or_default()
    }

    pub(crate) fn advance(&mut self, written: usize) {
        self.position += written as u64;
        self.taken = written;
    }
}

/// The buffer that the floods of one thread share.
#[derive(Debug, Default)]
pub(crate) struct Block {
    bytes: Vec<u8>,
    /// Whose slots are in `bytes`.
    owner: Option<Arc<Template>>,
}

impl Block {
    /// Events from number `first` on, in all at least `wanted` bytes unless the block is smaller.
    fn fill(&mut self, template: &Arc<Template>, first: u64, wanted: usize) -> &[u8] {
        let size = template.event_bytes;
        let slots = template.patches.len() as u64;
        // Sessions without filters have equal templates, so that they do not take the block from one another.
        if !self.owner.as_ref().is_some_and(|owner| Arc::ptr_eq(owner, template) || owner.slots == template.slots) {
            let repeats = (BLOCK_BYTES + template.slots.len()) / template.slots.len() + 1;
            self.bytes.clear();
            for _ in 0..repeats {
                self.bytes.extend_from_slice(&template.slots);
            }
            self.owner = Some(Arc::clone(template));
        }
        // Slots follow one another by name, so the first event's name decides where in the block to begin.
        let phase = usize::try_from(first % slots).unwrap_or(0);
        let start = phase * size;
        let events = wanted.div_ceil(size).min((self.bytes.len() - start) / size);
        let Some(run) = self.bytes.get_mut(start..start + events * size) else { return &[] };
        let patches = template.patches.iter().cycle().skip(phase);
        for ((event, &at), number) in run.chunks_exact_mut(size).zip(patches).zip(first..) {
            if let Some(room) = event.get_mut(at..at + PATCH_BYTES) {
                patch(room, number);
            }
        }
        run
    }
}

/// Writes the number and the header after it, and fills the rest of the room.
fn patch(room: &mut [u8], number: u64) {
    let mut rest = room;
    let _ = write!(rest, "{number}");
    let _ = rest.write_all(AFTER_SEQ);
    rest.fill(b'.');
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    fn flood(config: FloodConfig) -> Flood {
        Flood::new(config, &Filters::default(), b"", Instant::now()).unwrap()
    }

    /// The whole flood, written in pieces of the given size.
    fn collect(flood: &mut Flood, piece: usize) -> String {
        let (mut block, mut text) = (Block::default(), Vec::new());
        while let Next::Send(limit) = flood.next(Instant::now()) {
            let bytes = flood.fill(&mut block, limit);
            let taken = bytes.len().min(piece);
            text.extend_from_slice(&bytes[..taken]);
            flood.advance(taken);
        }
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn each_event_has_the_next_number_and_the_wanted_size_however_it_is_cut() {
        for (piece, count) in [(1, 12), (519, 1_200), (520, 1_200), (7_777, 12_000), (usize::MAX, 12_000)] {
            let text = collect(&mut flood(FloodConfig::of(count)), piece);
            assert_eq!(text.len() as u64, count * 520);
            for (number, event) in text.as_bytes().chunks(520).enumerate() {
                let event = std::str::from_utf8(event).unwrap();
                assert!(event.contains(&format!("\r\nSeq: {number}\r\nText: ")), "{event}");
                assert!(event.ends_with("\r\n\r\n") && event.matches("\r\n\r\n").count() == 1);
            }
        }
    }

    #[test]
    fn names_take_turns() {
        let names = vec!["Newchannel".to_owned(), "VarSet".to_owned(), "Hangup".to_owned()];
        let text = collect(&mut flood(FloodConfig { names, ..FloodConfig::of(7) }), 1_000);
        let seen: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("Event: ")).collect();
        assert_eq!(seen, ["Newchannel", "VarSet", "Hangup", "Newchannel", "VarSet", "Hangup", "Newchannel"]);
    }

    #[test]
    fn a_rate_lets_only_so_many_events_pass() {
        let flood = flood(FloodConfig { events_per_second: Some(1_000), ..FloodConfig::default() });
        assert_eq!(flood.next(flood.started + Duration::from_millis(20)), Next::Send(20 * 520));
        assert!(matches!(flood.next(flood.started), Next::Wait(_)));
    }

    #[test]
    fn a_size_too_small_for_the_headers_gives_the_smallest_possible() {
        let text = collect(&mut flood(FloodConfig { event_bytes: 1, ..FloodConfig::of(3) }), usize::MAX);
        assert_eq!(text.matches("UserEvent: Flood").count(), 3);
    }
}
