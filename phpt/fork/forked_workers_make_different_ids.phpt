--TEST--
Workers that were forked from a process which had a manager make ids of their own
--EXTENSIONS--
apn_ami
pcntl
posix
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';
$simulator = new Simulator();
$manager = $simulator->ready();
$manager->terminate();
unset($manager);
$ids = [];
for ($i = 0; $i < 2; $i++) {
    [$mine, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $child = pcntl_fork();
    if ($child === 0) {
        fwrite($theirs, $simulator->ready()->send(new GenericAction('Ping'))->actionId() . "\n");
        posix_kill(getmypid(), SIGKILL);
    }
    pcntl_waitpid($child, $status);
    $ids[] = explode(':', (string) fgets($mine))[1];
}
var_dump(strlen($ids[0]), $ids[0] !== $ids[1]);
?>
--EXPECT--
int(11)
bool(true)
