// One stretch in two recordings: which second here is which second there. A region has `start` and
// `end` here, `compare_start` and `compare_end` there; between them time runs evenly, faster or not.

function pace({ start, end, compare_start: first, compare_end: last }) {
  return end > start && last > first ? (last - first) / (end - start) : 1;
}

export function across(region, seconds) {
  return region.compare_start + (seconds - region.start) * pace(region);
}

export function back(region, seconds) {
  return region.start + (seconds - region.compare_start) / pace(region);
}
