--TEST--
A class that implements Action with other types does not compile
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

class Wrong implements Action
{
    public function name(): ?string { return null; }
    public function headers(): array { return []; }
    public function completionStrategy(): ?CompletionStrategy { return null; }
}
?>
--EXPECTF--
Fatal error: Declaration of Apn\AmiClient\Wrong::name(): ?string must be compatible with Apn\AmiClient\Action::name(): string in %s on line %d
