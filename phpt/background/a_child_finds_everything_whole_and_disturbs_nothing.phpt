--TEST--
A child that is forked while the thread is busy can look at what its parent owns, ends at once in every way, and disturbs nothing
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
require __DIR__ . '/helper.inc';

$simulator = new Simulator(5);
$manager = $simulator->ready(['io' => 'background', 'event_queue_capacity' => 50]);
$manager->onEvent('UserEvent', fn () => null);
foreach ($simulator->ports as $name => $port) {
    $simulator->tell("$name fault flood");
}
$ends = [
    fn () => exit(0),
    function () use (&$manager) { $manager = null; gc_collect_cycles(); exit(0); },
    function () { ini_set('display_errors', '0'); trigger_error('fatal', E_USER_ERROR); },
    fn () => posix_kill(getmypid(), SIGKILL),
    function () use ($simulator, &$manager) {
        unset($manager);
        $own = $simulator->ready(['io' => 'background']);
        exit($own->server('pbx2')->call(new GenericAction('Ping'))->get('Ping') === 'Pong' && threads() === 1 ? 0 : 1);
    },
];
$bad = 0;
for ($round = 0; $round < 25; $round++) {
    $child = pcntl_fork();
    if ($child === 0) {
        pcntl_alarm(20);
        threads() === 0 && $manager->health()['pbx3']['state'] === ConnectionState::Ready && $manager->metrics()['servers']['pbx3']['sessions'] === 1 or exit(3);
        try {
            $manager->tickAll();
            exit(4);
        } catch (ForkedProcessException) {
        }
        $ends[$round % count($ends)]();
    }
    $manager->tickAll();
    pcntl_waitpid($child, $status);
    $fine = [0, 0, 255, null, 0][$round % count($ends)];
    if ((pcntl_wifexited($status) ? pcntl_wexitstatus($status) : null) !== $fine || (pcntl_wifsignaled($status) && pcntl_wtermsig($status) !== SIGKILL)) {
        $bad++;
        echo "round $round: ", json_encode([pcntl_wexitstatus($status), pcntl_wtermsig($status)]), "\n";
    }
}
var_dump($bad, threads(), $manager->server('pbx5')->call(new GenericAction('Ping'))->get('Ping'), array_sum(array_column($manager->metrics()['servers'], 'losses')));
?>
--EXPECT--
int(0)
int(1)
string(4) "Pong"
int(0)
