"""Document 004 in today's Keras: the network of 000, built in two steps, five epochs of rmsprop."""

from keras import Input, Sequential, layers
from keras.utils import to_categorical
from mnist import load_data

(train_images, train_labels), (test_images, test_labels) = load_data()
train_pixels = train_images.reshape(-1, 28, 28, 1).astype("float32") / 255
test_pixels = test_images.reshape(-1, 28, 28, 1).astype("float32") / 255
train_classes = to_categorical(train_labels, 10)
test_classes = to_categorical(test_labels, 10)

model = Sequential(
    [
        Input((28, 28, 1)),
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (3, 3), activation="relu"),
    ]
)
model.summary()
model.add(layers.Flatten())
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))
model.summary()
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_pixels, train_classes, epochs=5, batch_size=64)
test_loss, test_accuracy = model.evaluate(test_pixels, test_classes)
print(test_accuracy)
