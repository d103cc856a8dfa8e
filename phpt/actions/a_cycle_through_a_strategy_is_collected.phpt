--TEST--
An action and a strategy that refer to each other are collected
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

class Mine implements CompletionStrategy
{
    public ?Action $action = null;

    public function maxDurationMs(): ?int
    {
        return null;
    }

    public function maxMessages(): int
    {
        return 1;
    }

    public function isComplete(AmiMessage $message): bool
    {
        return true;
    }

    public function __destruct()
    {
        echo "destroyed\n";
    }
}

$mine = new Mine();
$mine->action = new GenericAction('Ping', [], $mine);
unset($mine);
$holder = new \stdClass();
$holder->predicate = new CompleteWhen(function () use ($holder): bool { return true; });
unset($holder);
echo "collecting\n";
var_dump(gc_collect_cycles());
?>
--EXPECT--
collecting
destroyed
int(5)
