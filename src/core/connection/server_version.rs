//! Which Asterisk the server is: asked for when it is first wanted, once a session, and waited for by nobody.

use super::{Connection, Context, SendError, Session};
use crate::protocol::{Action, FrameRef};
use crate::version::{AsteriskVersion, Verdict};

/// What a session knows of its server's version. It ends with the session: a restart may be an upgrade.
#[derive(Debug, Default)]
pub(super) enum ServerVersion {
    /// Nobody wanted it yet.
    #[default]
    Unasked,
    /// The answer to `CoreSettings` is on its way, if there will be one.
    Asked(u64),
    /// The server said.
    Known(AsteriskVersion),
    /// It will not say: `CoreSettings` needs the right `system` or `reporting`.
    Withheld,
}

impl Connection {
    /// The version that the server said in this session; see [`Connection::want_version`].
    pub const fn asterisk_version(&self) -> Option<&AsteriskVersion> {
        match &self.session.version {
            ServerVersion::Known(version) => Some(version),
            _ => None,
        }
    }

    /// Has the server asked for its version, unless that was done in this session or there is none.
    pub fn want_version(&mut self, cx: &mut Context<'_>) {
        self.session.want_version(cx);
    }

    /// The AMI version of the banner, such as `11.0.0`.
    pub fn ami_version(&self) -> Option<&[u8]> {
        self.session.ami_version()
    }
}

impl Session {
    /// Where the write buffer is full the question waits for the next one who wants to know.
    pub(super) fn want_version(&mut self, cx: &mut Context<'_>) {
        if self.state.is_usable() && matches!(self.version, ServerVersion::Unasked) {
            let asked =
                Action::new("CoreSettings").map_err(Into::into).and_then(|action| self.write_action(&action, cx));
            if let Ok(sequence) = asked {
                self.version = ServerVersion::Asked(sequence);
            }
        }
    }

    /// Handles the answer to `CoreSettings`. Tells whether it was that.
    pub(super) fn on_version_response(&mut self, sequence: u64, frame: FrameRef<'_>) -> bool {
        if !matches!(self.version, ServerVersion::Asked(asked) if asked == sequence) {
            return false;
        }
        let version = frame.header(b"AsteriskVersion").filter(|version| !version.trim_ascii().is_empty());
        self.version =
            version.map_or(ServerVersion::Withheld, |text| ServerVersion::Known(AsteriskVersion::parse(text)));
        true
    }

    /// Refuses an action that this server is known not to have.
    pub(super) fn check_available(&self, action: &Action) -> Result<(), SendError> {
        let Some(availability) = action.availability() else { return Ok(()) };
        let version = match &self.version {
            ServerVersion::Known(version) => Some(version.clone()),
            _ => self.ami_version().and_then(AsteriskVersion::of_ami),
        };
        match version {
            Some(version) if matches!(availability.of(&version), Verdict::TooOld | Verdict::Removed) => {
                let action = String::from_utf8_lossy(action.name()).into();
                let (version, availability) = (Box::new(version), Box::new(availability.clone()));
                Err(SendError::NotAvailable { action, version, availability })
            }
            _ => Ok(()),
        }
    }

    fn ami_version(&self) -> Option<&[u8]> {
        let banner = self.banner.as_deref()?;
        let slash = memchr::memrchr(b'/', banner)?;
        banner.get(slash + 1..)
    }
}
