--TEST--
Children that were forked in the middle of a tick send nothing to any server, however they end
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
$simulator = new Simulator(4);
$manager = $simulator->ready();
$pings = $children = [];
$manager->onEvent('One', function (AmiEvent $event) use ($manager, &$pings, &$children) {
    // Queued and not written: what a child's end must not write.
    $pings[] = $manager->server($event->serverKey)->send(new GenericAction('Ping'));
    $child = pcntl_fork();
    if ($child === 0) {
        match ($event->serverKey) {
            'pbx1' => exit(0),
            'pbx2' => posix_kill(getmypid(), SIGKILL),
            'pbx3' => gc_collect_cycles(),
            'pbx4' => null,
        };
        return;
    }
    $children[] = $child;
});
$parent = getmypid();
foreach (array_keys($simulator->ports) as $name) {
    $simulator->send($name, ['One']);
}
try {
    until($manager, function () use (&$pings) { return count($pings) === 4; });
} catch (ForkedProcessException) {
    // Those that went on in the listener get no further than the end of their tick.
    exit(getmypid() === $parent ? 1 : 0);
}
$ends = [];
foreach ($children as $child) {
    pcntl_waitpid($child, $status);
    $ends[] = pcntl_wifexited($status) ? pcntl_wexitstatus($status) : -pcntl_wtermsig($status);
}
sort($ends);
echo implode(' ', $ends), "\n";
until($manager, fn () => array_all($pings, fn (PendingAction $ping) => $ping->isComplete()));
foreach ($manager->metrics()['servers'] as $name => $numbers) {
    echo $name, ' ', $manager->server($name)->state()->value,
        ', sessions ', $numbers['sessions'], ', connections ', $simulator->count($name, 'connections_accepted'),
        ', bytes ', $simulator->count($name, 'bytes_received') === $numbers['written_bytes'] ? 'the parent\'s only' : 'of others', "\n";
}
var_dump(array_all($pings, fn (PendingAction $ping) => $ping->error() === null));
?>
--EXPECT--
-9 0 0 0
pbx1 ready, sessions 1, connections 1, bytes the parent's only
pbx2 ready, sessions 1, connections 1, bytes the parent's only
pbx3 ready, sessions 1, connections 1, bytes the parent's only
pbx4 ready, sessions 1, connections 1, bytes the parent's only
bool(true)
