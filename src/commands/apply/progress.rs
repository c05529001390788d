//! What `apply` shows while it drives: a live line per endpoint on a terminal, plain lines elsewhere.
//!
//! It only listens. Times are counted here, from the first word about an endpoint.

use crate::engine::{Progress, Standing, View};
use crate::output;
use crate::present;
use crate::report::{ClusterHead, Event, Topic, Vendor, flow_words, progress_line};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use planner::endpoint::Decision;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

pub(super) struct Watch {
    sender: Option<mpsc::UnboundedSender<Progress>>,
    receiver: mpsc::UnboundedReceiver<Progress>,
    topics: BTreeMap<String, (Vendor, ClusterHead)>,
    lines: BTreeMap<String, Line>,
    bars: Option<MultiProgress>,
}

struct Line {
    began: Instant,
    last: String,
    bar: Option<ProgressBar>,
}

impl Watch {
    pub(super) fn new(view: &View) -> Watch {
        let (sender, receiver) = mpsc::unbounded_channel();
        let topic = |one| (present::heading(one), one);
        let topics = view.endpoints.iter().map(topic);
        let topics = topics.map(|(heading, one)| (one.wish.name.clone(), heading));
        let flows = view.flows.iter();
        let flows = flows.map(|one| (one.wish.name.clone(), present::flow_heading(one)));
        let topics = topics.chain(flows).collect();
        let live = std::io::stderr().is_terminal();
        let bars = live.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        Watch { sender: Some(sender), receiver, topics, lines: BTreeMap::new(), bars }
    }

    /// To be given away once; when its holder drops it, printing ends.
    pub(super) fn listener(&mut self) -> mpsc::UnboundedSender<Progress> {
        self.sender.take().unwrap_or_else(|| mpsc::unbounded_channel().0)
    }

    pub(super) async fn print(mut self) {
        while let Some(progress) = self.receiver.recv().await {
            self.show(&progress);
        }
        for line in self.lines.values() {
            if let Some(bar) = &line.bar {
                bar.abandon();
            }
        }
    }

    fn show(&mut self, progress: &Progress) {
        let name = match progress {
            Progress::Began { name, .. }
            | Progress::Did { name, .. }
            | Progress::Stands { name, .. }
            | Progress::Gone { name }
            | Progress::FlowBegan { name, .. }
            | Progress::FlowDid { name, .. }
            | Progress::FlowStands { name, .. } => name.clone(),
        };
        let Some((vendor, head)) = self.topics.get(&name) else { return };
        let topic = Topic { vendor: *vendor, cluster: head };
        let elapsed = self.lines.get(&name).map_or(Duration::ZERO, |line| line.began.elapsed());
        let Some(text) = say(&name, progress, elapsed, topic) else { return };
        self.put(name, text);
    }

    /// The same line again says nothing new.
    fn put(&mut self, name: String, text: String) {
        let bars = self.bars.as_ref();
        let line = self.lines.entry(name).or_insert_with(|| Line {
            began: Instant::now(),
            last: String::new(),
            bar: bars.map(|bars| bars.add(spinner())),
        });
        if line.last == text {
            return;
        }
        match &line.bar {
            Some(bar) => bar.set_message(text.clone()),
            None => output::remark(&text),
        }
        line.last = text;
    }
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn say(name: &str, progress: &Progress, elapsed: Duration, topic: Topic<'_>) -> Option<String> {
    let line = |event| Some(progress_line(name, event, topic));
    match progress {
        Progress::Began { step, because, .. } => {
            let decision = Decision::Do(step.clone(), *because);
            line(Event::Standing(&decision, Duration::ZERO))
        }
        Progress::Did { result: Ok(()), .. } | Progress::FlowDid { result: Ok(()), .. } => None,
        Progress::Did { step, result: Err(error), .. } => {
            let decision = Decision::Do(step.clone(), planner::endpoint::Because::Missing);
            line(Event::Refused(&decision, &error.to_string()))
        }
        Progress::Gone { .. } => line(Event::Gone(elapsed)),
        Progress::FlowBegan { step, because, .. } => {
            let decision = planner::dataflow::Decision::Do(step.clone(), *because);
            line(Event::Told(&flow_words::standing(&decision, topic)))
        }
        Progress::FlowDid { step, result: Err(error), .. } => {
            let because = planner::dataflow::Because::Missing;
            let decision = planner::dataflow::Decision::Do(step.clone(), because);
            let what = flow_words::say(&decision, topic).sentence;
            line(Event::Told(&format!("could not {what}: {error}")))
        }
        Progress::FlowStands { standing, .. } if flow_is_active(standing) => {
            line(Event::Active(elapsed))
        }
        Progress::FlowStands { standing, .. } => {
            let told = flow(standing, topic)?;
            line(Event::Told(&told))
        }
        Progress::Stands { standing, .. } => match standing {
            Standing::Decided(Decision::Settled) => line(Event::Active(elapsed)),
            Standing::Decided(Decision::Do(..))
            | Standing::Unseen
            | Standing::CouldNotAct { .. } => None,
            Standing::Decided(decision @ (Decision::Wait(_) | Decision::Stuck(_))) => {
                line(Event::Standing(decision, elapsed))
            }
            Standing::CouldNotLook { error, .. } => line(Event::Unseen(&error.to_string())),
            Standing::Blurred(blur) => line(Event::Unseen(&blur.to_string())),
            Standing::Held { hold, .. } => line(Event::Told(&format!("held back: {hold}"))),
            Standing::Blocked { findings, .. } => {
                let texts: Vec<&str> = findings.iter().map(|one| &*one.message).collect();
                line(Event::Told(&format!("FAILED: {}", texts.join("; "))))
            }
        },
    }
}

fn flow_is_active(standing: &Standing<planner::dataflow::Decision>) -> bool {
    *standing == Standing::Decided(planner::dataflow::Decision::Settled)
}

/// What is worth a line about a private link connection that is not at its end.
fn flow(standing: &Standing<planner::dataflow::Decision>, topic: Topic<'_>) -> Option<String> {
    use planner::dataflow::Decision;
    match standing {
        Standing::Decided(Decision::Settled | Decision::Do(..))
        | Standing::Unseen
        | Standing::CouldNotAct { .. } => None,
        Standing::Decided(decision @ (Decision::Wait(_) | Decision::Stuck(_))) => {
            Some(flow_words::standing(decision, topic))
        }
        Standing::CouldNotLook { error, .. } => Some(error.to_string()),
        Standing::Blurred(blur) => Some(blur.to_string()),
        Standing::Held { hold, .. } => Some(format!("held back: {hold}")),
        Standing::Blocked { findings, .. } => {
            let texts: Vec<&str> = findings.iter().map(|one| &*one.message).collect();
            Some(format!("FAILED: {}", texts.join("; ")))
        }
    }
}
