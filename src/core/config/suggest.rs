//! The known name that a wrong one was probably meant to be.

/// The nearest of `known`, if one is near enough to be a typing error.
///
/// Case, `_` and `-` do not count, so that `connectTimeout` finds `connect_timeout`. Near enough is one edit in three
/// letters, at most three: more would suggest something unrelated.
pub fn nearest<'a>(given: &[u8], known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = plain(given);
    // Longer than any name with its typing errors; also keeps the quadratic comparison small.
    if given.is_empty() || given.len() > 64 {
        return None;
    }
    let allowed = (given.len() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|name| (distance(&given, &plain(name.as_bytes())), name))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

fn plain(name: &[u8]) -> Vec<u8> {
    name.iter().filter(|b| !matches!(b, b'_' | b'-')).map(u8::to_ascii_lowercase).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours between two names.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous_in_a = None;
    for (i, &in_a) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        let mut left = i + 1;
        let mut previous_in_b = None;
        for (j, &in_b) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&last, j) + usize::from(in_a != in_b);
            let mut best = replaced.min(at(&last, j + 1) + 1).min(left + 1);
            if j > 0 && previous_in_a == Some(in_b) && previous_in_b == Some(in_a) {
                best = best.min(at(&before_last, j - 1) + 1);
            }
            row.push(best);
            left = best;
            previous_in_b = Some(in_b);
        }
        before_last = core::mem::replace(&mut last, row);
        previous_in_a = Some(in_a);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["host", "port", "connect_timeout", "username"];

    #[test]
    fn a_letter_left_out_added_changed_or_swapped_is_found() {
        let found = ["conect_timeout", "hosst", "pork", "prot"].map(|given| nearest(given.as_bytes(), NAMES));
        assert_eq!(found, [Some("connect_timeout"), Some("host"), Some("port"), Some("port")]);
    }

    #[test]
    fn another_way_of_writing_words_together_is_found() {
        let found = ["connectTimeout", "CONNECT-TIMEOUT", "UserName"].map(|given| nearest(given.as_bytes(), NAMES));
        assert_eq!(found, [Some("connect_timeout"), Some("connect_timeout"), Some("username")]);
    }

    #[test]
    fn something_unrelated_suggests_nothing() {
        let long = "x".repeat(10_000);
        let found = ["tls", "", "memory_limit", long.as_str()].map(|given| nearest(given.as_bytes(), NAMES));
        assert_eq!(found, [None; 4]);
    }
}
