//! How long until the next look: numbers only, the same for both planners.

/// How often to look, each in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tempo {
    /// While a machine has something in motion.
    pub busy_seconds: u64,
    /// While nothing is expected to happen, and the most that failures slow a look down to.
    pub idle_seconds: u64,
    /// While only a person can end it.
    pub stuck_seconds: u64,
}

impl Default for Tempo {
    /// A full look at a small project costs two calls: four looks a minute leave nine tenths of TiDB
    /// Cloud's 100 a minute to the work itself.
    fn default() -> Tempo {
        Tempo { busy_seconds: 15, idle_seconds: 300, stuck_seconds: 900 }
    }
}

/// When something can be different from what was just seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stir {
    /// We just changed it.
    AtOnce,
    /// A machine is at work.
    Soon,
    /// Somebody may change something, some day.
    SomeDay,
    /// When a person has done something about it.
    AfterAPerson,
}

/// One part in ten either way, so that names do not march in step.
const JITTER_PERCENT: u64 = 10;

impl Tempo {
    /// Seconds until the next look. `failures` counts the looks or steps in a row that could not be
    /// made; `seed` is any number that tells this name from others.
    #[must_use]
    pub fn after(self, stir: Stir, failures: u32, seed: u64) -> u64 {
        if failures > 0 {
            return jitter(self.backoff(failures), seed.wrapping_add(failures.into()));
        }
        match stir {
            Stir::AtOnce => 1,
            Stir::Soon => self.busy_seconds.max(1),
            Stir::SomeDay => jitter(self.idle_seconds, seed),
            Stir::AfterAPerson => jitter(self.stuck_seconds, seed),
        }
    }

    /// Twice as long each time.
    fn backoff(self, failures: u32) -> u64 {
        let doubled = 1_u64.checked_shl(failures - 1).unwrap_or(u64::MAX);
        let cap = self.idle_seconds.max(self.busy_seconds);
        self.busy_seconds.max(1).saturating_mul(doubled).min(cap)
    }
}

fn jitter(seconds: u64, seed: u64) -> u64 {
    let span = seconds.saturating_mul(JITTER_PERCENT) / 100;
    let shortest = seconds - span;
    shortest.saturating_add(scatter(seed) % (2 * span + 1)).max(1)
}

/// Spreads neighbouring seeds over the whole range: the finalizer of `SplitMix64`.
fn scatter(seed: u64) -> u64 {
    let mut bits = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPO: Tempo = Tempo { busy_seconds: 15, idle_seconds: 300, stuck_seconds: 900 };

    fn spread(stir: Stir, failures: u32) -> (u64, u64) {
        let rests = (0..10_000).map(|seed| TEMPO.after(stir, failures, seed));
        rests.fold((u64::MAX, 0), |(least, most), rest| (least.min(rest), most.max(rest)))
    }

    #[test]
    fn each_stir_has_its_rest_and_jitter_fills_its_tenth() {
        assert_eq!(spread(Stir::AtOnce, 0), (1, 1));
        assert_eq!(spread(Stir::Soon, 0), (15, 15));
        assert_eq!(spread(Stir::SomeDay, 0), (270, 330));
        assert_eq!(spread(Stir::AfterAPerson, 0), (810, 990));
    }

    #[test]
    fn failures_double_the_rest_up_to_the_idle_one_whatever_was_decided() {
        for stir in [Stir::AtOnce, Stir::Soon, Stir::SomeDay, Stir::AfterAPerson] {
            assert_eq!(spread(stir, 1), (14, 16));
            assert_eq!(spread(stir, 2), (27, 33));
            assert_eq!(spread(stir, 5), (216, 264));
            for failures in [6, 7, 64, 65, u32::MAX] {
                assert_eq!(spread(stir, failures), (270, 330), "{failures} failures");
            }
        }
    }

    #[test]
    fn a_rest_is_repeatable_and_neighbours_differ() {
        let rests: Vec<u64> = (0..100).map(|seed| TEMPO.after(Stir::SomeDay, 0, seed)).collect();
        let again: Vec<u64> = (0..100).map(|seed| TEMPO.after(Stir::SomeDay, 0, seed)).collect();
        assert_eq!(rests, again);
        let same = rests.windows(2).filter(|pair| pair[0] == pair[1]).count();
        assert!(same < 10, "{same} neighbours in step: {rests:?}");
    }

    /// A tempo comes from a configuration file: no value of it may stop or spin the loop.
    #[test]
    fn no_tempo_is_without_rest_or_overflows() {
        for seconds in [0, 1, 9, u64::MAX] {
            let tempo =
                Tempo { busy_seconds: seconds, idle_seconds: seconds, stuck_seconds: seconds };
            for stir in [Stir::AtOnce, Stir::Soon, Stir::SomeDay, Stir::AfterAPerson] {
                for failures in [0, 1, 70] {
                    assert!(tempo.after(stir, failures, 3) >= 1, "{tempo:?} {stir:?} {failures}");
                }
            }
        }
    }
}
