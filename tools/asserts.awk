# asserts.awk - no assertion of a test is one that cannot fail
#
# "! command" does not end a bash function by errexit: it counts only as a test's last line.  Before that it must be
# "run ! command", or say "|| return 1".
function told() { if (doubt != "") { print doubt; bad = 1 } doubt = "" }
FNR == 1 { doubt = "" }
/^\t*#/ || /^[ \t]*$/ { next }
/^}/ { doubt = "" }
{ told() }
/^\t+! / && !/\|\|/ { doubt = FILENAME ":" FNR ": this cannot fail:" $0 }
END { exit bad }
