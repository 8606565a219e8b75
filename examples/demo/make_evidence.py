"""Computes the demo's evidence about the credit model, on a data set that ships inside scikit-learn.

The data set (breast cancer, Wisconsin) is a plainly declared stand-in: 569 rows, 30 numeric columns, two classes. It
has nothing to do with credit; it is here because it needs no download. What is computed is real, seeds are fixed:
accuracy and limits, results per group, membership inference, robustness to noise, drift, a model card, a hash.
Run it from anywhere: python examples/demo/make_evidence.py
"""

import csv
import hashlib
import json
import pickle
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import accuracy_score, brier_score_loss, confusion_matrix, recall_score, roc_auc_score
from sklearn.model_selection import train_test_split

SEED = 20261102
MODEL = "credit-gbm"
VERSION = "3.2.0"
TRAINED = "2026-10-29"
STAND_IN = "Stand-in: scikit-learn's breast cancer data set, not credit data. Figures are computed, not invented."
LIMITS = {"auc": 0.95, "recall": 0.90, "brier": 0.06, "recall_gap_between_groups": 0.10}
GROUP_COLUMN = "mean texture"
EVIDENCE = Path(__file__).resolve().parent / "evidence"


def train() -> tuple[GradientBoostingClassifier, dict[str, np.ndarray], list[str]]:
    """The model, its training and test data, and the names of the columns."""
    data = load_breast_cancer()
    train_x, test_x, train_y, test_y = train_test_split(
        data.data, data.target, test_size=0.35, random_state=SEED, stratify=data.target
    )
    model = GradientBoostingClassifier(n_estimators=120, max_depth=3, learning_rate=0.08, random_state=SEED)
    model.fit(train_x, train_y)
    parts = {"train_x": train_x, "test_x": test_x, "train_y": train_y, "test_y": test_y}
    return model, parts, [str(n) for n in data.feature_names]


def validation(model: GradientBoostingClassifier, parts: dict[str, np.ndarray], names: list[str]) -> dict:
    """Metrics on data the training never saw, against limits set before, and per group."""
    scores = model.predict_proba(parts["test_x"])[:, 1]
    truth, said = parts["test_y"], (scores >= 0.5).astype(int)
    column = parts["test_x"][:, names.index(GROUP_COLUMN)]
    split = float(np.median(parts["train_x"][:, names.index(GROUP_COLUMN)]))
    groups = {}
    for name, rows in {"below median": column < split, "median and above": column >= split}.items():
        groups[name] = {
            "rows": int(rows.sum()),
            "auc": round(float(roc_auc_score(truth[rows], scores[rows])), 4),
            "recall": round(float(recall_score(truth[rows], said[rows])), 4),
            "positive_rate": round(float(said[rows].mean()), 4),
        }
    recalls = [g["recall"] for g in groups.values()]
    metrics = {
        "auc": round(float(roc_auc_score(truth, scores)), 4),
        "recall": round(float(recall_score(truth, said)), 4),
        "brier": round(float(brier_score_loss(truth, scores)), 4),
        "recall_gap_between_groups": round(max(recalls) - min(recalls), 4),
    }
    passed = {k: metrics[k] <= v if k in ("brier", "recall_gap_between_groups") else metrics[k] >= v
              for k, v in LIMITS.items()}  # fmt: skip
    return {
        "model": MODEL, "version": VERSION, "trained_on": TRAINED, "note": STAND_IN, "seed": SEED,
        "rows": {"train": len(parts["train_y"]), "test": len(truth)},
        "accuracy": round(float(accuracy_score(truth, said)), 4),
        "confusion_matrix": confusion_matrix(truth, said).tolist(),
        "metrics": metrics, "limits": LIMITS, "passed": passed, "passed_all": all(passed.values()),
        "group_split": f"{GROUP_COLUMN} at {split:.2f}", "groups": groups,
    }  # fmt: skip


def membership(model: GradientBoostingClassifier, parts: dict[str, np.ndarray]) -> dict:
    """How well the loss of a row tells whether the model was trained on it: 0.5 is guessing."""

    def losses(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        sure = np.clip(model.predict_proba(x)[np.arange(len(y)), y], 1e-9, 1)
        return -np.log(sure)

    inside, outside = losses(parts["train_x"], parts["train_y"]), losses(parts["test_x"], parts["test_y"])
    is_member = np.r_[np.ones(len(inside)), np.zeros(len(outside))]
    loss = np.r_[inside, outside]
    cut = float(np.quantile(outside, 0.01))
    return {
        "model": MODEL, "version": VERSION, "note": STAND_IN, "attack": "loss threshold, black box with scores",
        "auc": round(float(roc_auc_score(is_member, -loss)), 4),
        "true_positive_rate_at_1_percent_false_positives": round(float((inside < cut).mean()), 4),
        "mean_loss_members": round(float(inside.mean()), 4),
        "mean_loss_others": round(float(outside.mean()), 4),
        "limit_auc": 0.60,
    }  # fmt: skip


def robustness(model: GradientBoostingClassifier, parts: dict[str, np.ndarray]) -> list[list[object]]:
    """Results when every column is disturbed by noise of a share of its own spread."""
    random = np.random.default_rng(SEED)
    spread = parts["train_x"].std(axis=0)
    before = model.predict(parts["test_x"])
    rows: list[list[object]] = [["noise_share_of_std", "accuracy", "auc", "decisions_changed", "rows"]]
    for share in (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5):
        noisy = parts["test_x"] + random.normal(size=parts["test_x"].shape) * spread * share
        after, scores = model.predict(noisy), model.predict_proba(noisy)[:, 1]
        rows.append(
            [
                share,
                round(float(accuracy_score(parts["test_y"], after)), 4),
                round(float(roc_auc_score(parts["test_y"], scores)), 4),
                int((after != before).sum()),
                len(after),
            ]
        )
    return rows


def drift(parts: dict[str, np.ndarray], names: list[str]) -> list[list[object]]:
    """Population stability index of ten columns, training rows against test rows; one column shifted on purpose."""
    rows: list[list[object]] = [["column", "psi", "state", "shifted_on_purpose"]]
    for index, name in enumerate(names[:10]):
        shifted = name == "mean smoothness"
        now = parts["test_x"][:, index] + (0.6 * parts["train_x"][:, index].std() if shifted else 0.0)
        edges = np.quantile(parts["train_x"][:, index], np.linspace(0, 1, 6))[1:-1]
        old, new = (np.bincount(np.digitize(v, edges), minlength=5) / len(v) for v in (parts["train_x"][:, index], now))
        old, new = np.clip(old, 1e-4, None), np.clip(new, 1e-4, None)
        psi = float(((new - old) * np.log(new / old)).sum())
        state = "alert" if psi > 0.2 else "watch" if psi > 0.1 else "stable"
        rows.append([name, round(psi, 4), state, "yes" if shifted else "no"])
    return rows


def card(report: dict, attack: dict, digest: str) -> str:
    """The model card, from the computed figures."""
    lines = [
        f"# Model card: {MODEL} {VERSION}", "", f"> {STAND_IN}", "",
        "- Use: scores applications for instalment loans; declines and the band 0.35 to 0.55 go to a credit officer",
        "- Not for: limit increases, collections, applicants under 18, marketing",
        "- Kind: gradient boosting, 120 trees of depth 3, learning rate 0.08",
        f"- Trained on {TRAINED}, {report['rows']['train']} rows, tested on {report['rows']['test']} rows, seed {SEED}",
        f"- Artefact SHA-256: `{digest}`", "", "| Measure | Result | Limit | Passed |", "|---|---|---|---|",
    ]  # fmt: skip
    for name, limit in LIMITS.items():
        passed = "yes" if report["passed"][name] else "no"
        lines.append(f"| {name.replace('_', ' ')} | {report['metrics'][name]} | {limit} | {passed} |")
    lines += ["", f"Groups ({report['group_split']}):", "", "| Group | Rows | AUC | Recall |", "|---|---|---|---|"]
    lines += [f"| {n} | {g['rows']} | {g['auc']} | {g['recall']} |" for n, g in report["groups"].items()]
    lines += ["", f"Membership inference: AUC {attack['auc']} (limit {attack['limit_auc']}, guessing is 0.5).", ""]
    return "\n".join(lines)


def write_csv(name: str, rows: list[list[object]]) -> None:
    """One table into evidence/."""
    with (EVIDENCE / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def main() -> None:
    """Compute everything and write it."""
    EVIDENCE.mkdir(exist_ok=True)
    model, parts, names = train()
    digest = hashlib.sha256(pickle.dumps(model, protocol=5)).hexdigest()
    report, attack = validation(model, parts, names), membership(model, parts)
    for name, value in {"validation_report.json": report, "membership_inference.json": attack}.items():
        (EVIDENCE / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
    write_csv("robustness.csv", robustness(model, parts))
    write_csv("drift_psi.csv", drift(parts, names))
    (EVIDENCE / "model_card.md").write_text(card(report, attack, digest), encoding="utf-8")
    (EVIDENCE / "artefact_hash.txt").write_text(f"sha256 {digest}  {MODEL}-{VERSION}.pkl\n", encoding="utf-8")


if __name__ == "__main__":
    main()
