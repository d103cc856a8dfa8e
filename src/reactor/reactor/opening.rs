//! How connections begin and end.

use super::{Reactor, link_mut};
use crate::resolve::Lookups;
use crate::token;
use crate::transport::{Handshake, Tcp, Tls, Transport};
use ami_core::cluster::ServerId;
use ami_core::config::Host;
use ami_core::connection::TransportRequest;
use ami_core::time::Now;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

impl Reactor {
    /// Asks a socket that has become ready whether it stands.
    pub(super) fn confirm(&mut self, id: ServerId, now: Now) {
        let Some(transport) = link_mut(&mut self.links, id).and_then(|link| link.transport.as_mut()) else { return };
        match transport.tcp_mut().confirm() {
            Ok(true) if transport.is_open() => self.cluster.handle_connected(id, now),
            // The handshake begins with what follows: the socket is writable.
            Ok(true) => self.cluster.handle_handshake(id, now),
            Ok(false) => {}
            Err(error) => self.cluster.handle_end(id, Some(&error.to_string()), now),
        }
        self.carry_out(now);
    }

    /// Goes on with a handshake, if there is one. `None`: there is none. Else whether everything that had arrived was
    /// handled.
    pub(super) fn shake_hands(&mut self, id: ServerId, now: Now) -> Option<bool> {
        let link = link_mut(&mut self.links, id)?;
        let is_drained = match link.transport.as_mut()?.handshake()?.shake_hands() {
            Handshake::Waiting => return Some(true),
            Handshake::Unread => false,
            Handshake::Done => {
                self.cluster.handle_connected(id, now);
                // The banner may have come with the end of the handshake: no readiness will tell.
                false
            }
            Handshake::Failed(reason) => {
                self.cluster.handle_loss(id, reason, now);
                true
            }
        };
        if !is_drained {
            self.list(id);
        }
        self.carry_out(now);
        Some(is_drained)
    }

    /// Opens and closes the sockets that the cluster asks for.
    pub(super) fn carry_out(&mut self, now: Now) {
        while let Some(request) = self.cluster.effects().requests.pop_front() {
            match request {
                TransportRequest::Resolve(id) => self.look_up(id, now),
                TransportRequest::Forget(id) => self.resolver.forget(id),
                TransportRequest::Connect(id, address) => self.connect(id, address, now),
                TransportRequest::Close(id) => self.close(id),
            }
        }
    }

    /// Looks names up by this from now on, instead of by the system. It is called in threads, and may take any time.
    pub fn set_lookup(&mut self, lookup: impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static) {
        self.resolver.set_lookup(Arc::new(lookup));
    }

    /// What is looked up at the moment.
    pub fn lookups(&self) -> Lookups {
        self.resolver.lookups()
    }

    fn look_up(&mut self, id: ServerId, now: Now) {
        let Some(connection) = self.cluster.connection(id) else { return };
        let Host::Name(name) = &connection.config().host else { return };
        if let Err(refused) = self.resolver.ask(name, id, self.poll.registry()) {
            self.cluster.handle_resolved(id, Err(&refused.to_string()), now);
        }
    }

    /// Hands over what was found of names.
    pub(super) fn take_answers(&mut self, now: Now) {
        while let Some((answer, servers)) = self.resolver.take(self.poll.registry()) {
            let found = answer.found.map_err(|error| error.to_string());
            for id in servers {
                // Meanwhile it may have become another server's.
                let host = self.cluster.connection(id).map(|connection| &connection.config().host);
                if matches!(host, Some(Host::Name(name)) if *name == answer.name) {
                    self.cluster.handle_resolved(id, found.as_deref().map_err(String::as_str), now);
                }
            }
        }
        self.carry_out(now);
    }

    fn connect(&mut self, id: ServerId, address: SocketAddr, now: Now) {
        self.close(id);
        let Some(link) = link_mut(&mut self.links, id) else { return };
        link.generation = link.generation.wrapping_add(1);
        let tcp = Tcp::connect(address, self.poll.registry(), token::pack(id, link.generation));
        let transport = tcp.and_then(|tcp| match &link.tls {
            None => Ok(Transport::Tcp(tcp)),
            Some(profile) => Tls::new(tcp, profile).map(|tls| Transport::Tls(Box::new(tls))),
        });
        match transport {
            Ok(transport) => link.put(transport, self.pauses),
            Err(error) => self.cluster.handle_end(id, Some(&error.to_string()), now),
        }
    }

    fn close(&mut self, id: ServerId) {
        let Some(link) = link_mut(&mut self.links, id) else { return };
        if let Some(mut transport) = link.transport.take() {
            transport.close(self.poll.registry());
        }
    }
}
