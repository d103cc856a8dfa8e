//! TLS over a TCP socket that never blocks.

use super::tcp::{ReadOutcome, Tcp, WriteOutcome};
use crate::tls::{self, Profile};
use ami_core::correlation::{LossReason, TlsFailure, TlsProblem};
use rustls::ClientConnection;
use std::io::{self, ErrorKind, Read, Write};

/// How often the socket is read within one call that gives nothing: rustls takes 4 KiB at once and a record has
/// 16 KiB, so a server that keeps to the rules needs five. One that sends records without content waits its turn.
const READS_A_TURN: usize = 16;

/// Plaintext that is encrypted at once, and may then wait here for the socket. The rest stays in the client's own write
/// buffer, where it is counted.
const SEND_LIMIT: usize = 32 * 1024;

/// Longest content of a record that is sent, and it ends with a line. Asterisk (16 and 22, tried) reads 1,024 bytes less
/// those of an unfinished line, and then waits for the socket: what OpenSSL still holds of the record is not looked at
/// until something else arrives. An action of 5 KB, or several in one record, would hang until the next Ping.
/// Lines of actions are no longer than this.
const RECORD: usize = 1_024;

/// How far a handshake is.
#[derive(Debug)]
pub(crate) enum Handshake {
    /// It is done: bytes may flow.
    Done,
    /// It waits for the server.
    Waiting,
    /// More has arrived than one turn takes.
    Unread,
    /// It failed.
    Failed(LossReason),
}

/// What reading from the socket into rustls came to.
enum Intake {
    /// Something was taken.
    Some,
    Empty,
    End,
    Failed(TlsFailure),
    Broken(io::Error),
}

/// A TLS connection.
///
/// The readiness of its socket says nothing of the plaintext that rustls holds: a read is told to be the last one
/// only when both are empty.
#[derive(Debug)]
pub(crate) struct Tls {
    pub(crate) tcp: Tcp,
    session: ClientConnection,
    has_client_certificate: bool,
    /// The handshake is done.
    is_open: bool,
    /// Plaintext that rustls holds.
    decrypted: usize,
    /// The last reading of the socket did not fill its room, and nothing was told of it since.
    is_drained: bool,
    /// To be told once everything that came before it has been read.
    failure: Option<TlsFailure>,
}

/// Reads once and notes whether the socket had less than there was room for.
struct Noting<'a> {
    tcp: &'a mut Tcp,
    is_drained: &'a mut bool,
}

impl Read for Noting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.tcp.read(buffer) {
            ReadOutcome::Bytes(count, is_empty) => {
                *self.is_drained = is_empty;
                Ok(count)
            }
            ReadOutcome::Empty => Err(ErrorKind::WouldBlock.into()),
            ReadOutcome::Broken(error) => Err(error),
            ReadOutcome::End | ReadOutcome::Unread | ReadOutcome::Failed(_) => Ok(0),
        }
    }
}

impl Write for Tcp {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match Self::write(self, bytes) {
            WriteOutcome::Bytes(count) => Ok(count),
            WriteOutcome::Full => Err(ErrorKind::WouldBlock.into()),
            WriteOutcome::Broken => Err(ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Why a server that is there ends a handshake without a word.
fn gone(how: &str) -> LossReason {
    let message = format!("the server {how} the connection during the TLS handshake; its log may say why");
    LossReason::Tls(TlsFailure::new(TlsProblem::HandshakeClosed, message))
}

/// As many whole lines as a record takes.
fn next_record(bytes: &[u8]) -> Option<&[u8]> {
    let most = bytes.get(..RECORD.min(bytes.len())).filter(|most| !most.is_empty())?;
    let end = most.iter().rposition(|&byte| byte == b'\n').map_or(most.len(), |place| place + 1);
    most.get(..end)
}

impl Tls {
    /// A connection whose socket is not confirmed yet.
    pub(crate) fn new(tcp: Tcp, profile: &Profile) -> io::Result<Self> {
        let config = std::sync::Arc::clone(&profile.config);
        let mut session = ClientConnection::new(config, profile.name.clone()).map_err(io::Error::other)?;
        // Headers and tags of the records are part of what waits.
        session.set_buffer_limit(Some(2 * SEND_LIMIT));
        let has_client_certificate = profile.has_client_certificate;
        let (is_open, decrypted, is_drained, failure) = (false, 0, false, None);
        Ok(Self { tcp, session, has_client_certificate, is_open, decrypted, is_drained, failure })
    }

    /// Whether the handshake is done.
    pub(crate) const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether encrypted bytes wait for the socket.
    pub(crate) fn has_unsent(&self) -> bool {
        self.session.wants_write()
    }

    /// Bytes have arrived since the socket was read last: that it was empty then says nothing any more.
    pub(crate) const fn note_readable(&mut self) {
        self.is_drained = false;
    }

    /// Goes on with the handshake as far as what has arrived allows.
    pub(crate) fn shake_hands(&mut self) -> Handshake {
        for _ in 0..READS_A_TURN {
            // A socket that broke says so when it is read.
            let _ = self.send();
            if !self.session.is_handshaking() {
                self.is_open = true;
                return Handshake::Done;
            }
            match self.take_in() {
                Intake::Some => {}
                Intake::Empty => return Handshake::Waiting,
                Intake::End => return Handshake::Failed(gone("closed")),
                Intake::Failed(failure) => return Handshake::Failed(LossReason::Tls(failure)),
                // The end of a server that has not read all of what was sent to it.
                Intake::Broken(error) if error.kind() == ErrorKind::ConnectionReset => {
                    return Handshake::Failed(gone("reset"));
                }
                Intake::Broken(error) => return Handshake::Failed(LossReason::Io(error.to_string().into())),
            }
        }
        Handshake::Unread
    }

    /// Reads plaintext.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> ReadOutcome {
        for _ in 0..READS_A_TURN {
            match self.session.reader().read(buffer) {
                // The server said goodbye; what is behind that is nothing of this session.
                Ok(0) => return ReadOutcome::End,
                Ok(count) => {
                    self.decrypted = self.decrypted.saturating_sub(count);
                    let is_empty = self.decrypted == 0 && self.is_drained && self.failure.is_none();
                    return ReadOutcome::Bytes(count, is_empty);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                // Asterisk ends without a goodbye. A frame that this cut is seen and counted where frames are.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return ReadOutcome::End,
                Err(error) => return ReadOutcome::Broken(error),
            }
            if let Some(failure) = self.failure.take() {
                return ReadOutcome::Failed(failure);
            }
            match self.take_in() {
                // An end is told by rustls, after what it still holds.
                Intake::Some | Intake::End => {}
                Intake::Empty => return ReadOutcome::Empty,
                Intake::Failed(failure) => self.failure = Some(failure),
                Intake::Broken(error) => return ReadOutcome::Broken(error),
            }
        }
        ReadOutcome::Unread
    }

    /// Encrypts and writes what the socket takes. Bytes that are taken are on their way, or wait here for the socket.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> WriteOutcome {
        match self.send() {
            WriteOutcome::Bytes(_) => {}
            other => return other,
        }
        if bytes.is_empty() {
            return WriteOutcome::Bytes(0);
        }
        let mut taken = 0;
        while let Some(record) = bytes.get(taken..).and_then(next_record).filter(|_| taken < SEND_LIMIT) {
            // All that was encrypted before has been sent, so there is room for the whole of it.
            if self.session.writer().write_all(record).is_err() {
                return WriteOutcome::Broken;
            }
            taken += record.len();
        }
        match self.send() {
            WriteOutcome::Broken => WriteOutcome::Broken,
            WriteOutcome::Bytes(_) | WriteOutcome::Full => WriteOutcome::Bytes(taken),
        }
    }

    /// Tells the server that this is the end, if the socket takes that at once.
    pub(crate) fn say_goodbye(&mut self) {
        if self.is_open && !self.tcp.is_full {
            self.session.send_close_notify();
            let _ = self.send();
        }
    }

    /// Reads the socket once and lets rustls see what came.
    fn take_in(&mut self) -> Intake {
        let mut noting = Noting { tcp: &mut self.tcp, is_drained: &mut self.is_drained };
        let count = match self.session.read_tls(&mut noting) {
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Intake::Empty,
            Err(error) => return Intake::Broken(error),
        };
        let is_handshaking = self.session.is_handshaking();
        match self.session.process_new_packets() {
            Ok(state) => {
                self.decrypted = state.plaintext_bytes_to_read();
                if count == 0 { Intake::End } else { Intake::Some }
            }
            Err(error) => {
                if !tls::is_alert(&error) && !self.tcp.is_full {
                    // The alert says to the server what is wrong; it goes out now or never.
                    let _ = self.send();
                }
                Intake::Failed(tls::describe(&error, is_handshaking, self.has_client_certificate))
            }
        }
    }

    /// Writes encrypted bytes until none is left or the socket is full.
    fn send(&mut self) -> WriteOutcome {
        while self.session.wants_write() {
            match self.session.write_tls(&mut self.tcp) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return WriteOutcome::Full,
                Err(_) => return WriteOutcome::Broken,
            }
        }
        WriteOutcome::Bytes(0)
    }
}
