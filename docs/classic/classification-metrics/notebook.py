# %% [markdown]
# # Classification metrics and the decision threshold: companion notebook
#
# Every number of the page comes from this file. The data are the tumors of the breast cancer data that scikit-learn
# ships, and rows drawn here. scikit-learn codes malignant as 0; here it is the positive class, coded 1.

# %% Imports and data
import matplotlib.pyplot as plt
import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score, auc, average_precision_score, balanced_accuracy_score, brier_score_loss, confusion_matrix, f1_score,
    log_loss, make_scorer, matthews_corrcoef, precision_recall_curve, precision_score, recall_score, roc_auc_score, roc_curve,
)
from sklearn.model_selection import StratifiedKFold, TunedThresholdClassifierCV, cross_val_predict, train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

cancer = load_breast_cancer()
X = cancer.data
y = (cancer.target == 0).astype(int)  # malignant is positive
n_samples, n_positive = len(y), int(y.sum())
n_negative = n_samples - n_positive
assert X.shape == (569, 30) and y.shape == (569,)
price = 20  # a missed malignant tumor costs as much as twenty false alarms
rule = 1 / (1 + price)

def cost_of(y, called, price=price):
    """Cost in false alarms of the calls (n,), 0 or 1, for the labels (n,)."""
    return float(((called == 1) & (y == 0)).sum() + price * ((called == 0) & (y == 1)).sum())

print(f"{n_samples} tumors, {n_positive} malignant; cost rule: threshold {rule:.4f}")

# %% Held-out probabilities, ten times
def held_out(model, repetition):
    """Each tumor's probability from a model that has not seen it: shape (569,)."""
    folds = StratifiedKFold(5, shuffle=True, random_state=repetition)
    return cross_val_predict(make_pipeline(StandardScaler(), model), X, y, cv=folds, method="predict_proba")[:, 1]

p_logistic = np.array([held_out(LogisticRegression(), seed) for seed in range(10)])  # shape (10, 569)
p_bayes = np.array([held_out(GaussianNB(), seed) for seed in range(10)])
p_weighted = np.array([held_out(LogisticRegression(class_weight={0: 1, 1: price}), seed) for seed in range(10)])
assert p_logistic.shape == p_bayes.shape == p_weighted.shape == (10, 569)

# %% Accuracy against cost
def over_ten(score, p, threshold):
    return np.array([score(y, (row >= threshold).astype(int)) for row in p])

half_accuracy, rule_accuracy = over_ten(accuracy_score, p_logistic, 0.5), over_ten(accuracy_score, p_logistic, rule)
half_cost, rule_cost = over_ten(cost_of, p_logistic, 0.5), over_ten(cost_of, p_logistic, rule)
half_missed = n_positive - over_ten(lambda y, c: ((c == 1) & (y == 1)).sum(), p_logistic, 0.5)
rule_missed = n_positive - over_ten(lambda y, c: ((c == 1) & (y == 1)).sum(), p_logistic, rule)
half_alarms, rule_alarms = half_cost - price * half_missed, rule_cost - price * rule_missed
rule_wins = int((rule_cost < half_cost).sum())
everyone_cost, nobody_cost = cost_of(y, np.ones(n_samples)), cost_of(y, np.zeros(n_samples))
everyone_accuracy, nobody_accuracy = float(y.mean()), float(1 - y.mean())
for name, accuracy, missed, alarms, cost in [("0.5", half_accuracy, half_missed, half_alarms, half_cost),
                                             ("rule", rule_accuracy, rule_missed, rule_alarms, rule_cost)]:
    print(f"{name:5s} accuracy {accuracy.mean():.3f} ± {accuracy.std(ddof=1):.3f}, missed {missed.mean():.1f}, "
          f"false alarms {alarms.mean():.1f}, cost {cost.mean():.0f} ± {cost.std(ddof=1):.0f}")
print(f"everyone malignant costs {everyone_cost:.0f}, nobody {nobody_cost:.0f}; the rule wins {rule_wins} of 10")

# %% One test set
parts = train_test_split(X, cancer.target, stratify=cancer.target, random_state=0)
X_train, X_test = parts[0], parts[1]
y_train, y_test = (parts[2] == 0).astype(int), (parts[3] == 0).astype(int)
p_test = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train).predict_proba(X_test)[:, 1]
assert p_test.shape == y_test.shape == (143,)
test_positive, test_negative = int(y_test.sum()), int((y_test == 0).sum())
test_auc, test_ap = float(roc_auc_score(y_test, p_test)), float(average_precision_score(y_test, p_test))
test_log_loss, test_brier = float(log_loss(y_test, p_test)), float(brier_score_loss(y_test, p_test))
tn_half, fp_half, fn_half, tp_half = (int(v) for v in confusion_matrix(y_test, p_test >= 0.5).ravel())
tn_tenth, fp_tenth, fn_tenth, tp_tenth = (int(v) for v in confusion_matrix(y_test, p_test >= 0.1).ravel())
print(f"at 0.5: found {tp_half}, missed {fn_half}, false alarms {fp_half}, spared {tn_half}")
print(f"at 0.1: found {tp_tenth}, missed {fn_tenth}, false alarms {fp_tenth}, spared {tn_tenth}")
print(f"AUC {test_auc:.4f}, AP {test_ap:.4f}, log loss {test_log_loss:.4f}, Brier {test_brier:.4f}")

# %% Tumors by probability and what each threshold costs alt="Left: malignant tumors lie to the right of the axis of predicted probability and benign ones to the left, with some overlap between 0.05 and 0.9. Right: the cost on 143 tumors is lowest at thresholds near 0.08 and nearly six times as high at 0.5"
thresholds = np.round(np.arange(0.01, 1, 0.01), 2)
costs = np.array([cost_of(y_test, (p_test >= t).astype(int)) for t in thresholds])
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
log_odds = np.log(p_test / (1 - p_test)).clip(-9, 9)
spread = np.random.default_rng(0).uniform(-0.3, 0.3, 143)
for label, name, marker in [(0, "benign", "s"), (1, "malignant", "o")]:
    left.plot(log_odds[y_test == label], label + spread[y_test == label], marker, markersize=3.5, alpha=0.7, label=name)
left.axvline(np.log(rule / (1 - rule)), color="0.4", linestyle="--")
left.axvline(0, color="0.4", linewidth=0.8)
ticks = np.array([0.001, 0.05, 0.5, 0.95, 0.999])
left.set_xticks(np.log(ticks / (1 - ticks)), [str(t) for t in ticks])
left.set_yticks([0, 1], ["benign", "malignant"])
left.set_xlabel("predicted probability")
right.plot(thresholds, costs)
right.axvline(rule, color="0.4", linestyle="--", label="cost rule")
right.axhline(test_negative, color="0.4", linewidth=0.8, label="call everyone malignant")
right.set_xlabel("threshold")
right.set_ylabel("cost in false alarms")
right.legend(fontsize=8)
plt.show()
cost_half_test, cost_least_test = float(costs[49]), float(costs.min())
assert 5.5 < cost_half_test / cost_least_test < 6              # the plot's text says "nearly six times"

# %% Scores that reward the truth alt="Expected log loss and expected Brier score against the reported probability are lowest at the true probability of 0.7; the expected absolute error keeps falling to a report of 1"
true_p = 0.7
report = np.linspace(0.01, 0.99, 99)
expected = {
    "log loss": -true_p * np.log(report) - (1 - true_p) * np.log(1 - report),
    "Brier": true_p * (1 - report) ** 2 + (1 - true_p) * report**2,
    "absolute error": true_p * (1 - report) + (1 - true_p) * report,
}
lowest_at = {name: float(report[values.argmin()]) for name, values in expected.items()}
np.testing.assert_allclose([lowest_at["log loss"], lowest_at["Brier"], lowest_at["absolute error"]], [0.7, 0.7, 0.99])
fig, ax = plt.subplots()
for (name, values), style in zip(expected.items(), ["-", "--", ":"]):
    ax.plot(report, values, style, label=name)
    ax.plot(lowest_at[name], values.min(), "o")
ax.set_ylim(0, 1.5)
ax.set_xlabel("reported probability (the true one is 0.7)")
ax.set_ylabel("expected score")
ax.legend()
plt.show()
log_loss_best, brier_best, absolute_best = lowest_at.values()

# %% [markdown]
# ## By hand

# %% Eight rows by hand
y_hand = np.array([1, 0, 1, 0, 1, 0, 0, 0])
p_hand = np.array([0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1])
called_hand = (p_hand >= 0.5).astype(int)
hand_accuracy = float(accuracy_score(y_hand, called_hand))
hand_precision = float(precision_score(y_hand, called_hand))
hand_recall = float(recall_score(y_hand, called_hand))
hand_f1 = float(f1_score(y_hand, called_hand))
hand_auc = float(roc_auc_score(y_hand, p_hand))
hand_ap = float(average_precision_score(y_hand, p_hand))
hand_brier = float(brier_score_loss(y_hand, p_hand))
hand_costs = {t: cost_of(y_hand, (p_hand >= t).astype(int), price=3) for t in p_hand}
hand_cost_half, hand_cost_low, hand_cost_rule = hand_costs[0.6], hand_costs[0.4], hand_costs[0.3]
np.testing.assert_allclose([hand_accuracy, hand_precision, hand_recall, hand_f1], [5 / 8, 1 / 2, 2 / 3, 4 / 7])
np.testing.assert_allclose([hand_auc, hand_ap, hand_brier], [12 / 15, (1 + 2 / 3 + 3 / 5) / 3, 0.2])
assert [hand_cost_half, hand_cost_low, hand_cost_rule] == [5, 2, 3]
print(f"accuracy {hand_accuracy:.4f}, precision {hand_precision:.4f}, recall {hand_recall:.4f}, F1 {hand_f1:.4f}")
print(f"AUC {hand_auc:.4f}, AP {hand_ap:.4f}, Brier {hand_brier:.4f}; costs {hand_costs}")

# %% [markdown]
# ## Build it

# %% Areas by definition
def auc_by_pairs(y, p):
    """The share of (positive, negative) pairs ranked rightly, a tie counting one half."""
    wins = 0.0
    for p_positive in p[y == 1]:
        for p_negative in p[y == 0]:
            if p_positive > p_negative:
                wins += 1.0
            elif p_positive == p_negative:
                wins += 0.5
    return wins / ((y == 1).sum() * (y == 0).sum())

# %% All thresholds in one sort
def curves(y, p):
    """Thresholds downwards and, for each, true and false positives: three arrays of shape (n_distinct,)."""
    order = np.argsort(-p, kind="stable")
    p_sorted, y_sorted = p[order], y[order]
    last = np.append(np.diff(p_sorted) != 0, True)  # one point for each distinct score
    return p_sorted[last], np.cumsum(y_sorted)[last], np.cumsum(1 - y_sorted)[last]

def roc_area(y, p):
    _, tp, fp = curves(y, p)
    recall, fpr = np.append(0, tp / tp[-1]), np.append(0, fp / fp[-1])
    return float((np.diff(fpr) * (recall[1:] + recall[:-1]) / 2).sum())

def average_precision(y, p):
    _, tp, fp = curves(y, p)
    recall, precision = np.append(0, tp / tp[-1]), tp / (tp + fp)
    return float((np.diff(recall) * precision).sum())

def cheapest(y, p, price):
    """The threshold with the smallest cost on these rows, and that cost."""
    thresholds, tp, fp = curves(y, p)
    costs = fp + price * (tp[-1] - tp)
    return float(thresholds[costs.argmin()]), float(costs.min())

# %% Equal to the library
rng = np.random.default_rng(0)
cases = [(y_test, p_test), (y_test, p_test.round(1)), (y_hand, p_hand),
         (rng.integers(0, 2, 500), rng.integers(0, 20, 500) / 20)]
for labels, p in cases:  # the second and the last are full of ties
    np.testing.assert_allclose(roc_area(labels, p), roc_auc_score(labels, p), atol=1e-12)
    np.testing.assert_allclose(auc_by_pairs(labels, p), roc_auc_score(labels, p), atol=1e-12)
    np.testing.assert_allclose(
        average_precision(labels, p), average_precision_score(labels, p), atol=1e-12)
    _, tp, fp = curves(labels, p)
    fpr, recall, _ = roc_curve(labels, p, drop_intermediate=False)
    np.testing.assert_allclose(fpr[1:], fp / fp[-1], atol=1e-12)
    np.testing.assert_allclose(recall[1:], tp / tp[-1], atol=1e-12)
n_pairs = test_positive * test_negative
least_threshold, least_cost = cheapest(y_test, p_test, price)
assert least_cost == min(cost_of(y_test, (p_test >= t).astype(int)) for t in p_test)
print(f"equal to 1e-12; {n_pairs} pairs by the first, one sort of 143 by the second")
print(f"cheapest on the test rows: {least_threshold:.4f}, cost {least_cost:.0f}")

# %% [markdown]
# ## Use it

# %% Four ways to be cheap
def negative_cost(y, called):
    return -cost_of(y, called)

def tuned(model, repetition, thresholds=100):
    """Held-out calls (569,); the threshold is chosen in inner folds."""
    folds = StratifiedKFold(5, shuffle=True, random_state=repetition)
    chooser = TunedThresholdClassifierCV(
        make_pipeline(StandardScaler(), model), cv=5,
        scoring=make_scorer(negative_cost), thresholds=thresholds)
    return cross_val_predict(chooser, X, y, cv=folds)

weighted_cost = over_ten(cost_of, p_weighted, 0.5)
tuned_cost = np.array([
    cost_of(y, tuned(LogisticRegression(), seed)) for seed in range(10)])
ways = {"threshold 0.5": half_cost, "cost rule": rule_cost,
        "tuned inside": tuned_cost, "weights, 0.5": weighted_cost}
for name, cost in ways.items():
    print(f"{name:14s} cost {cost.mean():5.1f} ± {cost.std(ddof=1):4.1f}")

# %% The ways by name
rule_beats_weighted = int((rule_cost < weighted_cost).sum())
rule_beats_tuned = int((rule_cost < tuned_cost).sum())
weighted_beats_half = int((weighted_cost < half_cost).sum())
fits_plain = StratifiedKFold(5).get_n_splits() * len(p_logistic)
fits_tuned = fits_plain * (StratifiedKFold(5).get_n_splits() + 1)  # inner folds, and once more on all of them
few_prices = {}
for k in (1, 5, 10, 50):
    at_half = np.array([cost_of(y, (row >= 0.5).astype(int), k) for row in p_logistic])
    at_rule = np.array([cost_of(y, (row >= 1 / (1 + k)).astype(int), k) for row in p_logistic])
    few_prices[k] = at_half, at_rule, int((at_rule < at_half).sum())
    print(f"price {k:2d}: 0.5 costs {at_half.mean():6.1f}, rule {at_rule.mean():6.1f}, wins {few_prices[k][2]}")
five_half, five_rule, five_wins = few_prices[5]
fifty_half, fifty_rule, fifty_wins = few_prices[50]

# %% Other summaries of the same calls
summaries = {"balanced accuracy": balanced_accuracy_score, "F1": f1_score, "Matthews": matthews_corrcoef}
for name, score in summaries.items():
    at_half, at_rule = over_ten(score, p_logistic, 0.5), over_ten(score, p_logistic, rule)
    print(f"{name:18s} at 0.5 {at_half.mean():.3f}, at the rule {at_rule.mean():.3f}")
half_f1, rule_f1 = over_ten(f1_score, p_logistic, 0.5), over_ten(f1_score, p_logistic, rule)
f1_prefers_half = int((half_f1 > rule_f1).sum())

# %% [markdown]
# ## What it assumes

# %% Are the probabilities right
def miscalibration(y, p):
    """Largest |z| over five bins of p: positives minus the sum of p, over the standard deviation if p is right."""
    bins = np.digitize(p, [0.02, 0.1, 0.5, 0.9])
    z = [(y - p)[bins == k].sum() / np.sqrt((p * (1 - p))[bins == k].sum()) for k in range(5)]
    return float(np.abs(z).max())

z_logistic = np.array([miscalibration(y, row) for row in p_logistic])
z_bayes = np.array([miscalibration(y, row.clip(1e-6, 1 - 1e-6)) for row in p_bayes])
low_rows = (p_bayes >= 0.0) & (p_bayes < 0.02)
bayes_low_share = float(np.broadcast_to(y, (10, 569))[low_rows].mean())
bayes_low_mean = float(p_bayes[low_rows].mean())
print(f"largest |z|: logistic {z_logistic.mean():.1f} ± {z_logistic.std(ddof=1):.1f}, "
      f"naive Bayes {z_bayes.mean():.0f} ± {z_bayes.std(ddof=1):.0f}")
print(f"naive Bayes below 0.02: says {bayes_low_mean:.5f} on average, {bayes_low_share:.4f} are malignant")

# %% Another mix of the classes
def precision_for(share, recall, false_positive_rate):
    return float(share * recall / (share * recall + (1 - share) * false_positive_rate))

recall_half, fpr_half = tp_half / test_positive, fp_half / test_negative
precision_here = precision_for(test_positive / 143, recall_half, fpr_half)
np.testing.assert_allclose(precision_here, precision_score(y_test, p_test >= 0.5))
weights_ten = np.where(y_test == 1, 1, 10)
precision_ten = float(precision_score(y_test, p_test >= 0.5, sample_weight=weights_ten))
recall_ten = float(recall_score(y_test, p_test >= 0.5, sample_weight=weights_ten))
auc_ten = float(roc_auc_score(y_test, p_test, sample_weight=weights_ten))
ap_ten = float(average_precision_score(y_test, p_test, sample_weight=weights_ten))
print(f"benign ten times: precision {precision_here:.3f} -> {precision_ten:.3f}, AP {test_ap:.3f} -> {ap_ten:.3f}")
print(f"unchanged: recall {recall_ten:.3f}, AUC {auc_ten:.4f}")

# %% Wrong prices and few positives
def cost_if_believed(believed):
    return np.array([cost_of(y, (row >= 1 / (1 + believed)).astype(int)) for row in p_logistic])

half_price, double_price = cost_if_believed(price / 2), cost_if_believed(price * 2)
rng = np.random.default_rng(0)
draws = rng.integers(0, 143, size=(2000, 143))  # resampled test sets, shape (2000, 143)
recalls = (y_test[draws] * (p_test[draws] >= 0.5)).sum(axis=1) / y_test[draws].sum(axis=1)
recall_interval = [float(v) for v in np.quantile(recalls, [0.025, 0.975])]
test_recall = float(recall_score(y_test, p_test >= 0.5))
print(f"price 20, but believed 10: {half_price.mean():.0f}; 20: {rule_cost.mean():.0f}; 40: {double_price.mean():.0f}")
print(f"recall {test_recall:.3f} on 53 malignant tumors, 95 % interval {recall_interval[0]:.2f} to {recall_interval[1]:.2f}")

# %% [markdown]
# ## When not to use it

# %% The cost rule on wrong probabilities
bayes_rule = over_ten(cost_of, p_bayes, rule)
bayes_tuned = np.array([
    cost_of(y, tuned(GaussianNB(), seed)) for seed in range(10)])
default_wins = int((bayes_tuned < bayes_rule).sum())
for name, cost in [("cost rule", bayes_rule), ("tuned", bayes_tuned)]:
    print(f"{name:9s} cost {cost.mean():.0f} ± {cost.std(ddof=1):.0f}")

# %% A grid that reaches the small probabilities
small_too = np.append(0, np.logspace(-6, -0.001, 100))
bayes_log = np.array([
    cost_of(y, tuned(GaussianNB(), seed, small_too)) for seed in range(10)])
log_wins = int((bayes_log < bayes_rule).sum())
grid_wins = int((bayes_log < bayes_tuned).sum())
print(f"tuned     cost {bayes_log.mean():.0f} ± {bayes_log.std(ddof=1):.0f}")

# %% Where the two searches looked
def chosen(thresholds):
    model = make_pipeline(StandardScaler(), GaussianNB())
    search = TunedThresholdClassifierCV(model, cv=5, scoring=make_scorer(negative_cost), thresholds=thresholds)
    return float(search.fit(X, y).best_threshold_)

default_choice, log_choice = chosen(100), chosen(small_too)
bayes_hindsight = np.array([cheapest(y, row, price)[1] for row in p_bayes])
print(f"chosen on all rows: {default_choice:.4f} from the default grid, {log_choice:.1e} from the other")
print(f"cheapest in hindsight: cost {bayes_hindsight.mean():.0f} ± {bayes_hindsight.std(ddof=1):.0f}")

# %% The cost rule on repaired probabilities
def repaired(seed):
    return held_out(CalibratedClassifierCV(GaussianNB(), method="isotonic", cv=5), seed)

p_repaired = np.array([repaired(seed) for seed in range(10)])
bayes_repaired = over_ten(cost_of, p_repaired, rule)
repaired_wins = int((bayes_repaired < bayes_rule).sum())
share_below_grid = float((p_bayes < 0.01).mean())
print(f"naive Bayes, calibrated, rule cost {bayes_repaired.mean():.1f} ± {bayes_repaired.std(ddof=1):.1f}; "
      f"{share_below_grid:.1%} of its probabilities lie below 0.01")

# %% A better ROC area and a worse top
def two_rankings(seed):
    """ROC area, average precision and positives among the first 100, for two score vectors; one row in 100 positive."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(20_000) < 200).astype(int)
    noise = rng.normal(size=20_000)
    sharp = noise + 5 * (np.arange(20_000) < 100)  # finds half of the positives for certain, is blind to the rest
    broad = noise + 1.5 * labels  # a little right about all of them
    out = []
    for score in (sharp, broad):
        top = np.argsort(-score)[:100]
        out += [roc_auc_score(labels, score), average_precision_score(labels, score), labels[top].sum()]
    return out

sharp_auc, sharp_ap, sharp_top, broad_auc, broad_ap, broad_top = np.array([two_rankings(seed) for seed in range(10)]).T
auc_prefers_broad = int((broad_auc > sharp_auc).sum())
top_prefers_sharp = int((sharp_top > broad_top).sum())
for name, area, ap, top in [("sharp", sharp_auc, sharp_ap, sharp_top), ("broad", broad_auc, broad_ap, broad_top)]:
    print(f"{name}: ROC area {area.mean():.3f} ± {area.std(ddof=1):.3f}, AP {ap.mean():.3f} ± {ap.std(ddof=1):.3f}, "
          f"in the first 100: {top.mean():.1f} ± {top.std(ddof=1):.1f}")

# %% [markdown]
# ## Pitfalls

# %% Training, test and new rows
def three_parts(seed):
    """Training (50 %), test and new rows (25 % each) with probabilities for the last two."""
    X_a, X_rest, y_a, y_rest = train_test_split(X, y, test_size=0.5, stratify=y, random_state=seed)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_a, y_a)
    X_b, X_c, y_b, y_c = train_test_split(X_rest, y_rest, test_size=0.5, stratify=y_rest, random_state=seed)
    return model, X_a, y_a, (y_b, model.predict_proba(X_b)[:, 1]), (y_c, model.predict_proba(X_c)[:, 1])

# %% Choose on the test rows
claimed, came = [], []
for seed in range(20):
    model, X_a, y_a, test, new = three_parts(seed)
    t = cheapest(*test, price)[0]
    for (labels, p), bill in ((test, claimed), (new, came)):
        cost = cost_of(labels, (p >= t).astype(int))
        bill.append(100 * cost / len(labels))
for name, bill in (("test", claimed), ("new ", came)):
    print(f"{name} {np.mean(bill):4.1f} ± {np.std(bill, ddof=1):.1f}")

# %% Choose on held-out training rows
claimed_fair, came_fair = [], []
for seed in range(20):
    model, X_a, y_a, test, new = three_parts(seed)
    p_a = cross_val_predict(
        model, X_a, y_a, cv=5, method="predict_proba")[:, 1]
    t = cheapest(y_a, p_a, price)[0]
    for (labels, p), bill in ((test, claimed_fair), (new, came_fair)):
        cost = cost_of(labels, (p >= t).astype(int))
        bill.append(100 * cost / len(labels))
for name, bill in (("test", claimed_fair), ("new ", came_fair)):
    print(f"{name} {np.mean(bill):4.1f} ± {np.std(bill, ddof=1):.1f}")

# %% The rule that chooses nothing, on the same new rows
came_rule = []
for seed in range(20):
    labels, p = three_parts(seed)[4]
    came_rule.append(100 * cost_of(labels, (p >= rule).astype(int)) / len(labels))
print(f"new  {np.mean(came_rule):4.1f} ± {np.std(came_rule, ddof=1):.1f}")

# %% The leak by name
claimed_cost, came_cost = np.array(claimed), np.array(came)
rule_cheaper = int((np.array(came_rule) < came_fair).sum())
rule_dearer = int((np.array(came_rule) > came_fair).sum())
print(f"the fixed rule is cheaper on new rows than the fair choice in {rule_cheaper}, dearer in {rule_dearer} of 20")
claimed_fair_cost, came_fair_cost = np.array(claimed_fair), np.array(came_fair)
leak_seeds = int((claimed_cost < came_cost).sum())
fair_seeds = int((claimed_fair_cost < came_fair_cost).sum())
print(f"the claim was better than what came in {leak_seeds} of 20, with the fair choice in {fair_seeds} of 20")

# %% Area under precision and recall by trapezoids
y_rare = (np.arange(1000) < 10).astype(int)
constant = np.full(1000, 0.01)  # knows nothing
precision, recall, _ = precision_recall_curve(y_rare, constant)
trapezoid = float(auc(recall, precision))
print(f"area {trapezoid:.3f}")

# %% Area under precision and recall by steps
steps = float(average_precision_score(y_rare, constant))
print(f"average precision {steps:.3f}")

# %% The labels that the library gives
called_test = (p_test >= 0.5).astype(int)
benign_recall = float(recall_score(1 - y_test, 1 - called_test))  # what the library's coding measures
malignant_recall = float(recall_score(y_test, called_test))
auc_of_calls = float(roc_auc_score(y_test, called_test))
np.testing.assert_allclose(auc_of_calls, (malignant_recall + benign_recall) / 2)
easy_y, easy_p = np.append(y_hand, np.zeros(92, int)), np.append(p_hand, np.full(92, 0.01))
easy_f1 = float(f1_score(easy_y, easy_p >= 0.5))
easy_accuracy = float(accuracy_score(easy_y, easy_p >= 0.5))
easy_auc, easy_ap = float(roc_auc_score(easy_y, easy_p)), float(average_precision_score(easy_y, easy_p))
print(f"recall of benign {benign_recall:.4f}, of malignant {malignant_recall:.4f}; ROC area of calls {auc_of_calls:.4f}")
print(f"92 easy negatives more: F1 {hand_f1:.4f} -> {easy_f1:.4f}, accuracy {hand_accuracy:.3f} -> {easy_accuracy:.3f}, "
      f"AUC {hand_auc:.3f} -> {easy_auc:.4f}, AP {hand_ap:.4f} -> {easy_ap:.4f}")

# %% Three classes, two averages
y_three = np.array([0] * 90 + [1] * 8 + [2] * 2)
called_three = np.array([0] * 90 + [1] * 4 + [0] * 4 + [0] * 2)
each_f1 = f1_score(y_three, called_three, average=None, zero_division=0)
macro_f1 = float(f1_score(y_three, called_three, average="macro", zero_division=0))
micro_f1 = float(f1_score(y_three, called_three, average="micro"))
three_accuracy = float(accuracy_score(y_three, called_three))
np.testing.assert_allclose(micro_f1, three_accuracy)
first_f1, second_f1, third_f1 = (float(value) for value in each_f1)
print(f"F1 of each class {each_f1.round(4)}, macro {macro_f1:.4f}, micro {micro_f1:.4f} = accuracy")

# %% [markdown]
# ## Check yourself

# %% Exercise answers
ex_precision = precision_for(0.01, 0.9, 0.05)
def cheapest_cut(false_alarm, miss):
    return false_alarm / (false_alarm + miss)

ex_rule = cheapest_cut(3, 17)
ex_shifted_odds = (0.3 / 0.7) / 10
ex_shifted = float(ex_shifted_odds / (1 + ex_shifted_odds))

def calls_by_capacity(y, p, n_calls):
    """Positives found when the n_calls rows with the highest p are called."""
    return int(y[np.argsort(-p, kind="stable")[:n_calls]].sum())

ex_found = calls_by_capacity(y_test, p_test, 50)
ex_precision_at_50 = ex_found / 50
ex_easy_auc = easy_auc
np.testing.assert_allclose(ex_easy_auc, (12 + 3 * 92) / (3 * 97))
print(f"{ex_precision:.4f}; {ex_rule:.2f}; {ex_shifted:.4f}; {ex_found} of 50; {ex_easy_auc:.4f}")
