"""What crun's tests take from libmount's Python module, which a stable Debian does not have: a table of mountinfo.

As there, the options of a mount and of its file system are one string each, and of several mounts on one place the last counts."""


class Mount:
    def __init__(self, fields):
        after = fields.index("-")
        self.target = fields[4]
        self.vfs_options = fields[5]
        self.fs_options = fields[after + 3] if len(fields) > after + 3 else ""


class Table:
    def __init__(self, path):
        with open(path) as lines:
            self.mounts = [Mount(line.split()) for line in lines if " - " in line]

    def find_target(self, target):
        return next(mount for mount in reversed(self.mounts) if mount.target == target)
