// Numbers that come from the order of modules and not from where the sources lie, so that every checkout builds the same.
module.exports = { optimization: { moduleIds: "natural" } };
