--TEST--
With the default of max_pending_actions the 5,001st is refused and leaves nothing behind; with a higher one 10,000 complete in the order of their answers
--EXTENSIONS--
apn_ami
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';

/** Sends so many Pings without a tick, and lets them be answered. Their ids in the order sent, and in that of the answers. */
function pipeline(AmiClientManager $manager, int $count, array &$completed): array
{
    $sent = [];
    for ($i = 0; $i < $count; $i++) {
        $pending = $manager->default()->send(new GenericAction('Ping'));
        $pending->onComplete(static function (?\Throwable $error, ?AmiResponse $response) use (&$completed): void {
            $completed[] = $error === null && $response->get('Ping') === 'Pong' ? $response->get('ActionID') : (string) $error;
        });
        $sent[] = $pending->actionId();
    }

    return $sent;
}

$simulator = new Simulator();
$server = ['auth' => 'plain'];
$manager = $simulator->ready([], $server);
$completed = [];
$sent = pipeline($manager, 5_000, $completed);
$before = $manager->default()->health();
$e = thrown(fn () => $manager->default()->send(new GenericAction('Ping')));
var_dump($e->limitName(), $e->limit(), $e->current());
// A thread may have the answers already; what nobody was told of counts nevertheless.
var_dump($manager->default()->health() == $before || mode() !== [], $before['pending_actions'] === 5_000 || mode() !== []);
until($manager, function () use (&$completed): bool { return count($completed) === 5_000; });
var_dump($completed === $sent, $manager->default()->health()['pending_actions']);
// The Login, the 5,000, and this one: the refused one never left.
$manager->default()->call(new GenericAction('Ping'));
var_dump($simulator->count('pbx1', 'actions'), $manager->metrics()['servers']['pbx1']['actions_refused']);
$manager->terminate();

$manager = $simulator->ready(['max_pending_actions' => 10_000], $server);
$completed = [];
$sent = pipeline($manager, 10_000, $completed);
thrown(fn () => $manager->default()->send(new GenericAction('Ping')));
until($manager, function () use (&$completed): bool { return count($completed) === 10_000; });
var_dump($completed === $sent, count(array_unique($sent)), $manager->default()->health()['pending_actions']);
?>
--EXPECT--
BackpressureException: "pbx1": 5000 actions wait for answers already
string(19) "max_pending_actions"
int(5000)
int(5000)
bool(true)
bool(true)
bool(true)
int(0)
int(5002)
int(1)
BackpressureException: "pbx1": 10000 actions wait for answers already
bool(true)
int(10000)
int(0)
