//! Holds back what would take too much away at once.
//!
//! The guard counts and compares; it looks at no cloud. What it lets through, it lets through with a [`Warrant`],
//! and without one nothing is deleted: the type can be made nowhere else.

use std::collections::BTreeSet;
use std::fmt::{self, Display};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// So many endpoints may always go at once.
    pub deletions: usize,
    /// And so many of a hundred.
    pub percent: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { deletions: 3, percent: 10 }
    }
}

/// Why nothing is taken away for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hold {
    TooMany {
        going: usize,
        limit: usize,
        managed: usize,
    },
    /// The manifest names no endpoint at all, and it did before.
    NothingWanted {
        managed: usize,
    },
    /// What is on disk cannot be read; the last good manifest stands.
    Unreadable {
        findings: usize,
    },
    /// The repository's history does not contain what was last applied.
    Rewound {
        was: String,
        now: String,
    },
    /// So much does not stand where it stood that another account may have been looked at.
    TooManyLost {
        lost: usize,
        limit: usize,
        managed: usize,
    },
    /// Not every place where our endpoints may be has been looked at yet.
    NotAllSeen {
        scope: String,
    },
}

/// The leave to take one endpoint, or its connection, away.
#[derive(Debug)]
pub struct Warrant {
    _made_here: (),
}

/// Why something is to be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// Another manifest, or a setting that cannot be changed in place.
    ByWish,
    /// What it stood on is gone.
    Lost,
    /// It failed, and serves nobody.
    Broken,
}

/// What the guard knows of the desired state as a whole.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    pub limits: Limits,
    /// Endpoints that are wanted.
    pub wanted: usize,
    /// Names that are being taken away, or were since this manifest came.
    pub going: BTreeSet<String>,
    /// Names of which a part that stood is gone, or a connection leads to what is gone.
    pub lost: BTreeSet<String>,
    /// A person has seen this very manifest's deletions and agreed.
    pub approved: bool,
    pub unreadable: usize,
    pub rewound: Option<(String, String)>,
    /// A place that no complete look has covered yet.
    pub unseen: Option<String>,
}

impl Guard {
    /// All that is ours: what is wanted, and what is going.
    fn managed(&self) -> usize {
        self.wanted + self.going.len()
    }

    #[must_use]
    pub fn limit(&self) -> usize {
        self.limits.deletions.max(self.managed() * self.limits.percent / 100)
    }

    /// The first reason to hold; an approval lifts all but the ones that mean that we do not know enough.
    #[must_use]
    pub fn hold(&self) -> Option<Hold> {
        if self.going.is_empty() {
            return None;
        }
        if self.unreadable > 0 {
            return Some(Hold::Unreadable { findings: self.unreadable });
        }
        if let Some(scope) = &self.unseen {
            return Some(Hold::NotAllSeen { scope: scope.clone() });
        }
        if self.approved {
            return None;
        }
        if let Some((was, now)) = &self.rewound {
            return Some(Hold::Rewound { was: was.clone(), now: now.clone() });
        }
        if self.wanted == 0 {
            return Some(Hold::NothingWanted { managed: self.managed() });
        }
        let (going, limit, managed) = (self.going.len(), self.limit(), self.managed());
        (going > limit).then_some(Hold::TooMany { going, limit, managed })
    }

    /// The reason to hold what is left of the lost. Who is wanted is mended even where others cannot be judged.
    #[must_use]
    pub fn hold_of_lost(&self) -> Option<Hold> {
        let (lost, limit, managed) = (self.lost.len(), self.limit(), self.managed());
        (lost > limit && !self.approved).then_some(Hold::TooManyLost { lost, limit, managed })
    }

    /// Whether this name was not counted before.
    pub fn count(&mut self, name: &str, taking: Taking) -> bool {
        match taking {
            Taking::ByWish => self.going.insert(name.to_owned()),
            Taking::Lost => self.lost.insert(name.to_owned()),
            Taking::Broken => false,
        }
    }

    /// All is well with it again.
    pub fn discount(&mut self, name: &str) {
        self.going.remove(name);
        self.lost.remove(name);
    }

    /// # Errors
    /// The reason to hold.
    pub fn warrant(&self, taking: Taking) -> Result<Warrant, Hold> {
        let hold = match taking {
            Taking::ByWish => self.hold(),
            Taking::Lost => self.hold_of_lost(),
            Taking::Broken => None,
        };
        hold.map_or(Ok(Warrant { _made_here: () }), Err)
    }
}

impl Hold {
    /// Stable, for machines.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Hold::TooMany { .. } => "too-many-deletions",
            Hold::NothingWanted { .. } => "nothing-wanted",
            Hold::Unreadable { .. } => "manifest-unreadable",
            Hold::Rewound { .. } => "history-rewound",
            Hold::TooManyLost { .. } => "too-many-lost",
            Hold::NotAllSeen { .. } => "not-all-seen",
        }
    }

    /// What a person can do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Hold::TooMany { .. } => {
                "if this is meant, run again with `--approve DIGEST` (the digest of these manifests), or raise [guard] \
                 in the configuration"
            }
            // No limit lets everything go.
            Hold::NothingWanted { .. } => {
                "if this is meant, run again with `--approve DIGEST` (the digest of these manifests)"
            }
            Hold::Unreadable { .. } => "correct the manifest; `tidelock check` lists every finding",
            Hold::Rewound { .. } => {
                "if the rewind is meant, run again with `--approve DIGEST` (the digest of these manifests)"
            }
            Hold::TooManyLost { .. } => {
                "see whether the credentials still belong to the right account; if all of it was really deleted, run \
                 again with `--approve DIGEST` (the digest of these manifests), or raise [guard] in the configuration"
            }
            Hold::NotAllSeen { .. } => "wait, or see the error of that place in `tidelock status`",
        }
    }
}

impl Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hold::TooMany { going, limit, managed } => write!(
                f,
                "{going} of {managed} endpoints would be deleted or replaced at once, more than {limit}"
            ),
            Hold::TooManyLost { lost, limit, managed } => write!(
                f,
                "what {lost} of {managed} endpoints stood on is gone at once, of more than {limit}; their connections \
                 are not touched"
            ),
            Hold::NothingWanted { managed } => {
                write!(f, "the manifest names no endpoint any more; all {managed} would be deleted")
            }
            Hold::Unreadable { findings } => {
                let errors = if *findings == 1 { "error" } else { "errors" };
                write!(
                    f,
                    "the manifest has {findings} {errors}; nothing is deleted from an older one"
                )
            }
            Hold::Rewound { was, now } => {
                write!(f, "the history was rewound: {now} does not contain {was}, applied last")
            }
            Hold::NotAllSeen { scope } => write!(f, "{scope} has not been seen as a whole yet"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(wanted: usize, going: usize) -> Guard {
        let going = (0..going).map(|n| format!("e{n}")).collect();
        Guard { wanted, going, ..Guard::default() }
    }

    #[test]
    fn a_few_may_go_and_a_tenth_of_many() {
        assert_eq!(guard(1, 3).hold(), None);
        assert!(matches!(guard(10, 4).hold(), Some(Hold::TooMany { going: 4, limit: 3, .. })));
        assert_eq!(guard(90, 10).hold(), None);
        assert!(matches!(guard(90, 11).hold(), Some(Hold::TooMany { limit: 10, .. })));
    }

    #[test]
    fn nothing_wanted_is_held_even_for_one() {
        assert_eq!(guard(0, 1).hold(), Some(Hold::NothingWanted { managed: 1 }));
        assert_eq!(guard(0, 0).hold(), None);
    }

    #[test]
    fn a_few_may_be_lost_and_they_wait_for_nobody_else() {
        let lost = |count| (0..count).map(|n| format!("e{n}")).collect();
        let few = Guard { lost: lost(3), unreadable: 1, unseen: Some("b".into()), ..guard(9, 1) };
        assert!(few.warrant(Taking::Lost).is_ok() && few.warrant(Taking::ByWish).is_err());
        let many = Guard { lost: lost(4), ..guard(9, 0) };
        let held = Some(Hold::TooManyLost { lost: 4, limit: 3, managed: 9 });
        assert_eq!((many.hold_of_lost(), many.hold()), (held, None));
        assert!(Guard { approved: true, ..many }.warrant(Taking::Lost).is_ok());
    }

    #[test]
    fn approval_lifts_what_a_person_can_judge_and_nothing_else() {
        let approved = Guard { approved: true, ..guard(0, 50) };
        assert!(approved.warrant(Taking::ByWish).is_ok());
        let unreadable = Guard { unreadable: 2, ..approved.clone() };
        assert_eq!(unreadable.hold(), Some(Hold::Unreadable { findings: 2 }));
        let unseen = Guard { unseen: Some("aws account prod".into()), ..approved };
        assert!(matches!(unseen.hold(), Some(Hold::NotAllSeen { .. })));
    }

    /// A plan has a digest of its own, which approves nothing.
    #[test]
    fn a_remedy_names_what_helps_and_nothing_else() {
        let digest = "`--approve DIGEST` (the digest of these manifests)";
        for (guard, raise) in [(guard(10, 4), true), (guard(0, 1), false)] {
            let hold = guard.hold().expect("it holds");
            let remedy = hold.remedy();
            assert!(remedy.contains(digest), "{remedy}");
            assert_eq!(remedy.contains("raise [guard]"), raise, "{}", hold.word());
        }
        let rewound = Hold::Rewound { was: "aaa".into(), now: "bbb".into() };
        let lost = Hold::TooManyLost { lost: 4, limit: 3, managed: 9 };
        assert!([rewound, lost].iter().all(|hold| hold.remedy().contains(digest)));
    }

    #[test]
    fn a_rewind_is_held() {
        let rewound = Some(("aaa".to_owned(), "bbb".to_owned()));
        let guard = Guard { rewound, ..guard(9, 1) };
        assert!(matches!(guard.hold(), Some(Hold::Rewound { .. })));
    }
}
