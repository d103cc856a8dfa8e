//! Which server an action goes to when nobody said.

use super::{Cluster, ServerId};

impl Cluster {
    /// The next server that can be used, each in its turn. `None` when there is none.
    pub fn select(&mut self) -> Option<ServerId> {
        let count = self.registry.len();
        let ids = (0..count).map(|step| (self.cursor + step) % count);
        let mut usable = ids.filter_map(|index| {
            let id = ServerId::from_index(u32::try_from(index).ok()?);
            self.registry.get(id).filter(|connection| connection.state().is_usable()).map(|_| id)
        });
        let id = usable.next()?;
        self.cursor = (id.index() + 1) % count;
        Some(id)
    }
}
