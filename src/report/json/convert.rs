//! From the plan's own values to the structs of its JSON.

use super::super::model::{
    Action, ClusterHead, Ending, FieldChange, Finding, Hold, Kind, Location, New, Obstacle,
    PartLine, Paste, Plan, PlannedEndpoint, PlannedStep, Reason, Risk, Unknown,
};
use super::{
    ClusterJson, DifferenceJson, EndingJson, EndpointJson, FieldJson, FindingJson, HoldJson,
    LocationJson, PartJson, PasteJson, PlanJson, ReasonJson, RiskJson, StepJson, UnknownJson,
    ValueJson,
};
use cloud::{Difference, Severity, Value};
use planner::{Actor, Phase};

impl From<&Plan> for PlanJson {
    fn from(plan: &Plan) -> PlanJson {
        let endpoints = plan.by_cluster().into_iter().flat_map(|(_, endpoints)| endpoints);
        PlanJson {
            format_version: super::FORMAT_VERSION,
            digest: plan.digest.clone(),
            has_changes: plan.has_changes(),
            risk: plan.risk().word(),
            summary: Action::ALL.map(|action| (action.word(), plan.count(action))).into(),
            endpoints: endpoints.map(EndpointJson::from).collect(),
            findings: plan.findings.iter().map(FindingJson::from).collect(),
            holds: plan.holds.iter().map(HoldJson::from).collect(),
            unknown: plan.unknown.iter().map(UnknownJson::from).collect(),
        }
    }
}

impl From<&PlannedEndpoint> for EndpointJson {
    fn from(endpoint: &PlannedEndpoint) -> EndpointJson {
        let PlannedEndpoint {
            thing,
            name,
            cluster,
            vendor,
            account,
            at,
            now,
            action,
            because,
            risk: Risk { level, why },
            fields,
            unchanged_fields: _,
            steps,
            drift,
            warnings,
            companions,
            parts,
            ending,
        } = endpoint;
        EndpointJson {
            kind: thing.word(),
            name: name.clone(),
            cluster: cluster.into(),
            cloud: vendor.word,
            account: account.clone(),
            at: at.as_ref().map(LocationJson::from),
            phase: now.map(Phase::word),
            action: action.word(),
            reason: because.into(),
            risk: RiskJson { level: level.word(), why },
            fields: fields.iter().map(FieldJson::from).collect(),
            steps: steps.iter().map(StepJson::from).collect(),
            drift: drift.iter().map(DifferenceJson::from).collect(),
            warnings: warnings.clone(),
            shared_with: companions.clone(),
            parts: parts.iter().map(PartJson::from).collect(),
            ending: ending.into(),
        }
    }
}

impl From<&PartLine> for PartJson {
    fn from(part: &PartLine) -> PartJson {
        let PartLine { name, id, state, purpose } = part.clone();
        PartJson { name, id, state, purpose }
    }
}

impl From<&ClusterHead> for ClusterJson {
    fn from(head: &ClusterHead) -> ClusterJson {
        let ClusterHead { name, id, tier, region } = head.clone();
        ClusterJson { name, id, tier, region }
    }
}

impl From<&Location> for LocationJson {
    fn from(at: &Location) -> LocationJson {
        let Location { file, line, column } = at.clone();
        LocationJson { file, line, column }
    }
}

impl From<&Reason> for ReasonJson {
    fn from(reason: &Reason) -> ReasonJson {
        let Reason { word, sentence } = reason.clone();
        ReasonJson { word, sentence }
    }
}

impl From<&FieldChange> for FieldJson {
    fn from(field: &FieldChange) -> FieldJson {
        let FieldChange { name, old, new, forces_replacement } = field;
        let (after, after_unknown) = match new {
            New::Value(value) => (Some(value.into()), false),
            New::KnownAfterApply => (None, true),
            New::Gone => (None, false),
        };
        let before = old.as_ref().map(ValueJson::from);
        FieldJson { name, before, after, after_unknown, forces_replacement: *forces_replacement }
    }
}

impl From<&Value> for ValueJson {
    fn from(value: &Value) -> ValueJson {
        match value.clone() {
            Value::Text(text) => ValueJson::Text(text),
            Value::Flag(flag) => ValueJson::Flag(flag),
            Value::Set(items) => ValueJson::Set(items),
            Value::Map(items) => ValueJson::Map(items),
        }
    }
}

impl From<&PlannedStep> for StepJson {
    fn from(step: &PlannedStep) -> StepJson {
        let PlannedStep { kind, word, sentence, why, who, usually, remedy, paste } = step;
        let kind = match kind {
            Kind::Do => "do",
            Kind::Wait => "wait",
        };
        StepJson {
            kind,
            word,
            sentence: sentence.clone(),
            why: why.as_ref().map(ReasonJson::from),
            who: who.map(Actor::word),
            usually: *usually,
            remedy: remedy.clone(),
            paste: paste.iter().map(PasteJson::from).collect(),
        }
    }
}

impl From<&Paste> for PasteJson {
    fn from(paste: &Paste) -> PasteJson {
        let Paste { field, value } = paste.clone();
        PasteJson { field, value }
    }
}

impl From<&Difference> for DifferenceJson {
    fn from(difference: &Difference) -> DifferenceJson {
        let Difference { field, wanted, found, change: _ } = difference;
        DifferenceJson { field, wanted: wanted.into(), found: found.as_ref().map(ValueJson::from) }
    }
}

impl From<&Ending> for EndingJson {
    fn from(ending: &Ending) -> EndingJson {
        match ending {
            Ending::Settled => EndingJson::Settled,
            Ending::Open => EndingJson::Open,
            Ending::Stuck(Obstacle { reason, remedy, command }) => EndingJson::Stuck {
                reason: reason.into(),
                remedy: remedy.clone(),
                command: command.clone(),
            },
        }
    }
}

impl From<&Finding> for FindingJson {
    fn from(finding: &Finding) -> FindingJson {
        let Finding { at, severity, code, message, remedy, endpoint } = finding.clone();
        let severity = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let at = at.as_ref().map(LocationJson::from);
        FindingJson { at, severity, code, message, remedy, endpoint }
    }
}

impl From<&Hold> for HoldJson {
    fn from(hold: &Hold) -> HoldJson {
        let Hold { word, message, remedy } = hold.clone();
        HoldJson { word, message, remedy }
    }
}

impl From<&Unknown> for UnknownJson {
    fn from(unknown: &Unknown) -> UnknownJson {
        let Unknown { what, error } = unknown.clone();
        UnknownJson { what, error }
    }
}
