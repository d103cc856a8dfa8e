--TEST--
While PHP is busy, messages are read, heartbeats and actions sent, events kept in their bounds; a tick then tells all of it
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

$simulator = new Simulator();
$manager = $simulator->ready(['io' => 'background', 'heartbeat_interval' => 0.05, 'event_queue_capacity' => 100]);
$client = $manager->default();

/** Waits as a busy listener does: without a tick. */
function busy(callable $holds): void
{
    for ($until = microtime(true) + 10; !$holds();) {
        microtime(true) < $until or die("waited in vain\n");
        usleep(1000);
    }
}

$counts = fn (): array => $manager->metrics()['servers']['pbx1'];
$heard = [];
$manager->onEvent('Number', function (AmiEvent $event) use (&$heard) { $heard[] = (int) $event->get('N'); });
$manager->tickAll();
$pending = $manager->send(new GenericAction('Ping'));
for ($i = 0; $i < 150; $i++) {
    $simulator->send('pbx1', ['Number'], ['N' => (string) $i]);
}
$simulator->send('pbx1', ['Nobody', 'Nobody']);
$unheard = $counts()['events_unheard'];
busy(fn () => $counts()['events_queued'] === 150 && $client->health()['pending_actions'] === 0);
busy(fn () => $counts()['actions_sent'] > 0 && $counts()['written_bytes'] > 500);
var_dump($pending->isComplete(), $heard, $client->health()['queued_events'], $client->health()['dropped_events'], $client->state() === ConnectionState::Ready);
$summary = $manager->tickAll();
var_dump($pending->isComplete(), $heard === range(50, 149), $summary->eventsDispatched, $summary->eventsDropped, $summary->actionsCompleted, $summary->bytesRead > 2_000, $summary->hasProgress());
var_dump($counts()['heartbeats_missed'], $counts()['losses']);
?>
--EXPECT--
bool(false)
array(0) {
}
int(100)
int(50)
bool(true)
bool(true)
bool(true)
int(100)
int(50)
int(1)
bool(true)
bool(true)
int(0)
int(0)
